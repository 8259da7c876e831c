"""A root of the stand-in's own, made anew at each start, and its certificate for every name the service goes by.

Whoever calls the stand-in walks the path of a private root, as GigaChat's callers walk that of the Russian Trusted one.
Nothing is trusted on the machine itself, and the root's key is never written down.
"""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOSTS = ("api.giga.chat", "ngw.devices.sberbank.ru")
"""The service's own names; beside them the certificate is good for loopback."""

LIFE = timedelta(days=30)  # longer than a copy runs


def make_certificates(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Writes `root.pem` into the folder. Returns its path, and the context that a server answers with."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name("Kinosovet GigaChat stand-in, local root")
    authority = x509.BasicConstraints(ca=True, path_length=0)
    root = _certificate(root_name, root_name, root_key, root_key, authority, []).sign(root_key, hashes.SHA256())
    names: list[x509.GeneralName] = [x509.DNSName(host) for host in (*HOSTS, "localhost")]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    leaf = x509.BasicConstraints(ca=False, path_length=None)
    served = _certificate(_name("GigaChat stand-in"), root_name, key, root_key, leaf, names).sign(
        root_key, hashes.SHA256()
    )
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    own = folder / "server.pem"
    own.touch(mode=0o600)
    unlocked = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unlocked)
    own.write_bytes(private + served.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    return folder / "root.pem", context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    constraints: x509.BasicConstraints,
    names: list[x509.GeneralName],
) -> x509.CertificateBuilder:
    """With all that Python 3.13 asks of a chain by default (`VERIFY_X509_STRICT`, RFC 5280)."""
    now = datetime.now(UTC)
    authority = constraints.ca
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LIFE)
        .add_extension(constraints, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                key_cert_sign=authority,
                crl_sign=authority,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if authority:
        return made
    return made.add_extension(x509.SubjectAlternativeName(names), critical=False).add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
    )
