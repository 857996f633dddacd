package httpapi

// Query is a parsed query string, for tests.
type Query struct{ q query }

// ParseQuery parses a raw query string.
func ParseQuery(raw string) *Query {
	parsed := new(Query)
	parsed.q.parse(raw)
	return parsed
}

// Get returns the value of a parameter that is known by name, and whether there
// is one.
func (q *Query) Get(name string) (string, bool) {
	p := paramOf(name)
	return q.q.get(p), q.q.has(p)
}

// Alternatives returns the values of the parameter of that name.
func (q *Query) Alternatives() []string { return q.q.alternatives }

// Weights returns the values of the parameter of that name.
func (q *Query) Weights() []string { return q.q.weights }
