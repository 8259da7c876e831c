"""A local GigaChat that the unmodified `gigachat` client cannot tell from the service, as far as we know it.

    python -m infra.local.gigachat --port P --control-port C --certificates FOLDER

serves on 127.0.0.1 alone:

- the service over HTTPS, its certificate from a root made at the start (FOLDER/root.pem): `base_url`
  https://127.0.0.1:P/v1, `auth_url` https://127.0.0.1:P/api/v2/oauth, `ca_bundle_file` FOLDER/root.pem. Any well-formed
  credentials (base64 of `id:secret`) are somebody's, unless `--credentials` names the only good ones. With
  `--tunnel-port T` it is at the service's own addresses for who has HTTPS_PROXY=http://127.0.0.1:T.
- the control, over HTTP, http://127.0.0.1:C/control/:
  `POST fault {"kind", "count"?, "every"?, "seconds"?}` makes its next `count` answers fail that way (without `count`:
  until ended; with `every` n: each n-th one only); `DELETE fault` ends it; `GET fault` lists the kinds (`faults.KINDS`,
  and many ways to write them); `GET bill` → `{requests, prompt_tokens, completion_tokens, max_in_flight, …}`.

`requests` counts every chat request that came with a good token, refused ones included; `max_in_flight` counts them
by client id. Tokens are those of answers that were delivered: nothing is billed for an error, and an answer that its
asker no longer waited for stands apart as `lost_tokens`.
"""
