// Adding a passkey on the account page, and showing one at the second step of signing in; where a browser knows none, both pages stay as
// they are without scripts.

/** How a device is reached; a browser may know more ways than the server does. */
const WAYS = ["usb", "nfc", "ble", "internal", "hybrid"];

/** What the server refused, in its words. */
class Refused extends Error {}

function decoded(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function encoded(bytes) {
  const letters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What the server says is wrong. */
function refusal(body) {
  const fields = body?.error?.details?.fields?.map((field) => field.message) ?? [];
  return fields.length > 0 ? fields.join(" ") : (body?.error?.message ?? "Something went wrong. Load the page again.");
}

async function send(what, body) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const asking = fetch(`/rpc/account/passkeys/${what}`, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await asking.catch(() => null);
  if (answer === null) throw new Refused("The server cannot be reached. Try again.");
  const text = await answer.text();
  let said = null;
  try {
    // Browsers take what is left out, and not everywhere what is null.
    said = JSON.parse(text, (_, value) => value ?? undefined);
  } catch {
    // Whatever stands between here and the server answers in other words.
  }
  if (!answer.ok || said === null) throw new Refused(refusal(said));
  return said;
}

/** What the browser is asked, with bytes where the server writes letters. */
function question({ publicKey }) {
  const known = (list) => list?.map((one) => ({ ...one, id: decoded(one.id) }));
  const asked = { ...publicKey, challenge: decoded(publicKey.challenge) };
  if (publicKey.user) asked.user = { ...publicKey.user, id: decoded(publicKey.user.id) };
  if (publicKey.excludeCredentials) asked.excludeCredentials = known(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) asked.allowCredentials = known(publicKey.allowCredentials);
  return { publicKey: asked };
}

/** What the browser answers, with letters where it has bytes. */
function answered(credential) {
  const { response } = credential;
  const said = { clientDataJSON: encoded(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = encoded(response.attestationObject);
    said.transports = (response.getTransports?.() ?? []).filter((way) => WAYS.includes(way));
  } else {
    said.authenticatorData = encoded(response.authenticatorData);
    said.signature = encoded(response.signature);
    said.userHandle = response.userHandle ? encoded(response.userHandle) : null;
  }
  return { id: credential.id, rawId: encoded(credential.rawId), type: credential.type, response: said };
}

/** Why nothing came of it, in words for whoever waits. */
function why(error) {
  if (error instanceof Refused) return error.message;
  if (error.name === "InvalidStateError") return "This device holds a passkey of yours already.";
  if (error.name === "NotAllowedError") return "No passkey was shown: it was stopped, or took too long. Try again.";
  return "This browser could not do it. Try again, or take another way.";
}

/** Does one after the other and tells how it stands; who presses twice means it once. */
async function tell(button, place, act) {
  if (button.disabled) return;
  button.disabled = true;
  place.textContent = "Follow what your browser says.";
  try {
    const { next } = await act();
    location.assign(next);
  } catch (error) {
    place.textContent = why(error);
    button.disabled = false;
  }
}

function armAdding(form) {
  document.getElementById("no-passkeys").hidden = true;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { name, password } = form.elements;
    tell(form.querySelector("button:not([type=button])"), document.getElementById("passkey-said"), async () => {
      const asked = await send("begin", { name: name.value, password: password.value });
      const credential = await navigator.credentials.create(question(asked));
      return send("finish", { credential: answered(credential) });
    });
  });
}

function armShowing(part) {
  part.hidden = false;
  const button = part.querySelector("button");
  button.addEventListener("click", () => {
    tell(button, document.getElementById("passkey-said"), async () => {
      const asked = await send("ask", {});
      const credential = await navigator.credentials.get(question(asked));
      const remembers = document.querySelector('input[name="remember_device"]')?.checked ?? false;
      return send("show", { credential: answered(credential), next: part.dataset.next, remember_device: remembers });
    });
  });
}

// At an address without TLS browsers have no such thing.
if (window.PublicKeyCredential && navigator.credentials) {
  const [adding, showing] = ["add-passkey", "show-passkey"].map((id) => document.getElementById(id));
  if (adding) armAdding(adding);
  if (showing) armShowing(showing);
}
