// Package access decides who may use the dashboard and in which role. Everything
// that the dashboard relies on for security is in this package, so that it can be
// reviewed as a whole.
//
// It makes these promises:
//
//   - Without users, tokens and a proxy header, only this machine has access:
//     the Host and the peer's address must be loopback and the request must not
//     carry a header that a proxy adds. Such callers are editors. A page of
//     another site cannot use this, even if its name resolves to 127.0.0.1.
//   - Otherwise a caller has the role that [Options] gives them, and none
//     without a valid token, session or proxy header. Mistakes in the options
//     lock callers out; they never grant access.
//   - A [Viewer] reads everything and changes nothing. An [Editor] does both.
//     Callers without a role reach only routes for [NoRole], and cannot find out
//     which experiments exist.
//   - The proxy's header with the user's name is trusted only from an address in
//     [Proxy].From, and only if it occurs once. X-Forwarded-For, -Proto and -Host
//     are trusted from the same addresses; their last value counts.
//     [Proxy].FromAnywhere extends the trust in these three, never in the user's
//     name.
//   - Sessions are signed cookies that end after 12 hours without use and after
//     7 days at the latest. A new password, a removed user and a new secret end
//     them; logging out ends one in the process that served it. Cookies are
//     HttpOnly and SameSite=Lax, restricted to the dashboard's path, and Secure
//     over TLS.
//   - Passwords are stored as bcrypt hashes, tokens as SHA-256 hashes of 32
//     random bytes. Neither is ever logged. The answer to a failed login, and
//     the time it takes, do not reveal whether the name exists.
//   - Failed logins are limited to 20 from one address or IPv6 /64 network, then
//     one every 10 seconds, and to 10 for one name, then one every 30 seconds.
//   - A browser's change must come from the dashboard's own origin. It must also
//     carry a form token that is bound to the caller's session, unless
//     Options.NoFormTokens is set. Bearer tokens need none, because browsers do
//     not send them by themselves. Request bodies are limited to 1 MiB.
//   - After a login, browsers are redirected only to pages of the dashboard.
//   - Every answer has headers that forbid framing, inline scripts and content
//     from other hosts, and, except for static files, caching.
package access
