// A site's own sign-in, as tests need one: a real OpenID Connect provider on loopback.
//
//   node site_issuer.mjs PORT AUDIENCE PASSWORD    prints its address, then serves until it is ended
//
// Every name is an account. A shell signs in by password, as with Keycloak's direct access grants. A page registers
// itself as the client that is called like the audience, and signs in by the provider's own forms.

import { Provider } from "oidc-provider";

const [port, audience, password] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const resource = { audience, accessTokenFormat: "jwt", accessTokenTTL: 900 };

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "films",
      token_endpoint_auth_method: "none",
      redirect_uris: [`${issuer}/back`],
      grant_types: ["password", "authorization_code"],
    },
  ],
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: `${sub}@films.example`, email_verified: true }),
  }),
  features: {
    resourceIndicators: { enabled: true, getResourceServerInfo: () => ({ scope: "openid", ...resource }) },
    registration: { enabled: true, idFactory: () => audience },
  },
});

async function byPassword(ctx) {
  const { client, params } = ctx.oidc;
  if (params.password !== password) ctx.throw(401, "invalid_grant");
  const grant = new provider.Grant({ accountId: params.username, clientId: client.clientId });
  const token = new provider.AccessToken({
    accountId: params.username,
    client,
    grantId: await grant.save(),
    gty: "password",
  });
  token.resourceServer = new provider.ResourceServer(audience, resource);
  ctx.body = { access_token: await token.save(), token_type: "Bearer", expires_in: token.expiration };
}

provider.registerGrantType("password", byPassword, ["username", "password"]);
provider.listen(Number(port), "127.0.0.1", () => console.log(issuer));
