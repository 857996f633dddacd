package cli

import "testing"

func TestQuote(t *testing.T) {
	for s, want := range map[string]string{
		"a/b-c_1.yml": "a/b-c_1.yml", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$HOME": "'$HOME'", "{a}": "'{a}'", "größe": "größe",
	} {
		if got := quote(s); got != want {
			t.Errorf("%q is quoted as %s, want %s", s, got, want)
		}
	}
}
