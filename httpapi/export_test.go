package httpapi

// Query is a parsed query string, for tests.
type Query struct{ q query }

// ParseQuery parses a raw query string.
func ParseQuery(raw string) *Query {
	parsed := new(Query)
	parsed.q.parse(raw)
	return parsed
}

// Get returns the value of the named parameter, and whether the query has it.
func (q *Query) Get(name string) (string, bool) {
	p := paramOf(name)
	return q.q.get(p), q.q.has(p)
}

// Alternatives returns the values of the parameter alternatives.
func (q *Query) Alternatives() []string { return q.q.alternatives }

// Weights returns the values of the parameter weights.
func (q *Query) Weights() []string { return q.q.weights }
