// Package access decides who may use the dashboard and as what. Everything the
// dashboard relies on for security is in this package, so that it can be
// reviewed as one thing.
//
// It makes these promises:
//
//   - Without users, tokens and a proxy header, only this machine has access:
//     the Host and the peer's address must be loopback and the request must not
//     carry a header that a proxy adds. Such callers are editors. A page of
//     another site cannot use this, even if its name resolves to 127.0.0.1.
//   - Otherwise a caller has the role that [Options] gives them, and none
//     without a valid token, session or proxy header. Errors in the
//     configuration lock callers out; they never grant access.
//   - A [Viewer] reads everything and changes nothing. An [Editor] does both.
//     Callers without a role reach only what is declared for [NoRole], and
//     cannot find out which other paths exist.
//   - The proxy's header and X-Forwarded-For, -Proto and -Host are trusted only
//     if the request comes from an address in [Proxy].From. A header that occurs
//     twice is not trusted. [Proxy].FromAnywhere extends the trust in
//     X-Forwarded headers, but never in the header that names the user.
//   - Sessions are signed cookies that end after 12 hours without use and after
//     7 days at the latest. Logging out, a new password, a removed user or a
//     new secret ends them. Cookies are HttpOnly and SameSite=Lax, restricted
//     to the dashboard's path, and Secure over TLS.
//   - Passwords are stored as bcrypt hashes, tokens as SHA-256 hashes of 32
//     random bytes. Neither is ever logged. The answer to a failed login does
//     not reveal whether the name exists.
//   - Failed logins are limited to 20 from one address (then one every 10
//     seconds) and 10 for one name (then one every 30 seconds).
//   - A change must come from the dashboard's own origin. It must also carry a
//     form token that is bound to the caller's session, or a bearer token.
//     Request bodies are limited to 1 MiB.
//   - After a login, browsers are only redirected to pages of the dashboard.
//   - Every answer has headers that forbid framing, inline scripts, content
//     from other hosts, and caching.
package access
