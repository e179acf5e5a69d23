// An OpenID provider for tests: a real one, on a free port of this machine, with people of its own.
//
// Started as `node provider.mjs`; it prints one line of JSON, {"issuer": …}, and ends when its standard input does.
// Settings come as JSON in PROVIDER_SETTINGS: now (milliseconds; its clock starts there), redirect (the client's address to
// come back to), signedOut (the same after signing out), people ({login: {claims}}).
// Beside the provider's own addresses: POST /test/keys signs with new keys from then on; POST /test/people replaces the
// people; POST /test/sign {alg, header, claims} answers a token of its making, whatever it says.

import { createServer } from "node:http";
import { SignJWT, exportJWK, generateKeyPair, importJWK } from "jose";
import Provider from "oidc-provider";

const settings = JSON.parse(process.env.PROVIDER_SETTINGS ?? "{}");

// The tests' clock stands still, and so does this one, but for the time that passes meanwhile.
const began = Date.now();
const RealDate = Date;
const now = () => (settings.now ?? began) + (RealDate.now() - began);
globalThis.Date = class extends RealDate {
  constructor(...words) {
    super(...(words.length === 0 ? [now()] : words));
  }
  static now() {
    return now();
  }
};

let round = 0;
async function newKeys() {
  round += 1;
  const keys = [];
  for (const alg of ["RS256", "ES256"]) {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    const kid = `${alg}-${round}`;
    // The RSA key says nothing of its algorithm, so that it serves RS256 and PS256.
    keys.push({ ...(await exportJWK(privateKey)), kid, use: "sig", ...(alg === "ES256" ? { alg } : {}) });
  }
  return keys;
}

let keys = await newKeys();
let provider;
const server = createServer((request, response) => {
  if (request.method === "POST" && request.url?.startsWith("/test/")) {
    answerTest(request, response).catch((error) => response.writeHead(500).end(String(error)));
    return;
  }
  provider.callback()(request, response);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://127.0.0.1:${server.address().port}`;

function make() {
  return new Provider(issuer, {
    jwks: { keys },
    clients: [
      {
        client_id: "catalogue",
        client_secret: "a-secret-of-the-catalogue",
        grant_types: ["authorization_code"],
        redirect_uris: [settings.redirect],
        post_logout_redirect_uris: [settings.signedOut],
        response_types: ["code"],
      },
      {
        client_id: "robot",
        client_secret: "a-secret-of-the-robot",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
    scopes: ["openid", "email", "profile", "groups"],
    cookies: { keys: ["only for tests"] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo: () => ({ scope: "", audience: "catalogue", accessTokenFormat: "jwt" }),
      },
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...(settings.people?.[id] ?? {}) }) }),
    pkce: { required: () => true },
    ttl: { AccessToken: 3600, ClientCredentials: 600, Grant: 3600, IdToken: 3600, Interaction: 3600, Session: 3600 },
  });
}

async function answerTest(request, response) {
  let text = "";
  for await (const part of request) text += part;
  if (request.url === "/test/keys") {
    keys = await newKeys();
    provider = make();
    response.writeHead(204).end();
    return;
  }
  if (request.url === "/test/people") {
    settings.people = JSON.parse(text);
    response.writeHead(204).end();
    return;
  }
  const { alg, header, claims } = JSON.parse(text);
  const jwk = keys.find((key) => key.kty === (alg.startsWith("ES") ? "EC" : "RSA"));
  const signer = new SignJWT(claims).setProtectedHeader({ alg, kid: jwk.kid, ...header });
  response.writeHead(200, { "content-type": "text/plain" }).end(await signer.sign(await importJWK(jwk, alg)));
}

provider = make();
process.stdin.on("end", () => process.exit(0)).resume();
process.stdout.write(`${JSON.stringify({ issuer })}\n`);
