package bolt_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/store/bolt"
)

// FuzzClientKey checks that a client ID can be decoded from its key, and that different IDs have
// different keys.
func FuzzClientKey(f *testing.F) {
	const uuid = "3f6ab7c1-9d2e-4c58-a1f0-6b5e8d7c9a21"
	f.Add(uuid, strings.ToUpper(uuid))
	f.Add(uuid, "\x3f\x6a\xb7\xc1\x9d\x2e\x4c\x58\xa1\xf0\x6b\x5e\x8d\x7c\x9a\x21")
	f.Add("00616263-6465-6667-6869-6a6b6c6d6e6f", "abcdefghijklmno") // 00 and 15 bytes
	f.Add("01016162-6364-6566-6768-696a6b6c6d6e", "\x01abcdefghijklmn")
	f.Add("abcdefghijklmno", "\x01abcdefghijklmno")
	f.Add("", "\x00")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, id := range []string{a, b} {
			if got := bolt.ClientID(bolt.ClientKey(id)); got != id {
				t.Errorf("the key of %q is that of %q", id, got)
			}
		}
		if a != b && bytes.Equal(bolt.ClientKey(a), bolt.ClientKey(b)) {
			t.Errorf("%q and %q have the same key", a, b)
		}
	})
}

func TestClientKeySize(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]int{
		"3f6ab7c1-9d2e-4c58-a1f0-6b5e8d7c9a21": 16,
		"3F6AB7C1-9D2E-4C58-A1F0-6B5E8D7C9A21": 37,
		"visitor-42":                           11,
	} {
		if got := len(bolt.ClientKey(id)); got != want {
			t.Errorf("the key of %q has %d bytes, want %d", id, got, want)
		}
	}
}
