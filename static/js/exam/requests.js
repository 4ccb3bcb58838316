// Requests to the HTTP API in the name of the signed-in student. Signing in again, in another tab say, changes
// the CSRF token: a refused write fetches the new one and is sent once more.

export class SignedOut extends Error {}

// A server that takes the connection and says nothing, or a network that swallows it, would hold an answer for ever.
const PATIENCE = 10_000;

export class Requests {
  constructor(csrfUrl, token) {
    this.csrfUrl = csrfUrl;
    this.token = token;
  }

  get(url) {
    return fetch(url, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "error" });
  }

  write(method, url, body) {
    return fetch(url, {
      method,
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify(body),
      keepalive: true, // a save under way outlives the page
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  // Throws TypeError when the network failed, TimeoutError when nothing was answered in time and SignedOut when
  // there is nobody to write as.
  async send(method, url, body) {
    const first = await this.write(method, url, body);
    if (first.status === 401) throw new SignedOut();
    if (first.status !== 403) return first;
    const fresh = await this.get(this.csrfUrl);
    if (!fresh.ok) throw new SignedOut();
    this.token = (await fresh.json()).csrf_token;
    const second = await this.write(method, url, body);
    if (second.status === 401 || second.status === 403) throw new SignedOut();
    return second;
  }
}
