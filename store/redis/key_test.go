package redis_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/store/redis"
)

// TestKeysInOneSlot reads keys as a cluster does: the hash tag is the text between the first
// brace and the next closing brace, unless it is empty.
func TestKeysInOneSlot(t *testing.T) {
	seen := make(map[string]string)
	for _, prefix := range []string{"sixpack", "", "a{b}", "{}", "}{", "%", "%7b"} {
		for _, name := range []string{"button color", "", "{", "}", "{}", "}{", "a{b}c", "%", "%7b", "%25", "a\nb", "日本語", "x:", ":x"} {
			var tags []string
			for _, key := range redis.Keys(prefix, name) {
				if other, ok := seen[key]; ok {
					t.Errorf("%q is a key of %q and of %q under %q", key, other, name, prefix)
				}
				seen[key] = name + " under " + prefix
				_, rest, _ := strings.Cut(key, "{")
				tag, _, closed := strings.Cut(rest, "}")
				if tag == "" || !closed {
					t.Errorf("key %q has no hash tag", key)
				}
				tags = append(tags, tag)
			}
			if len(slices.Compact(tags)) != 1 {
				t.Errorf("the keys of %q under %q have the hash tags %q", name, prefix, tags)
			}
		}
	}
}

func TestOrdinaryNamesReadable(t *testing.T) {
	const want = "sixpack:x:{button color}"
	if keys := redis.Keys("sixpack", "button color"); keys[0] != want {
		t.Errorf("the record is under %q, want %q", keys[0], want)
	}
}

// FuzzClientFields checks that client IDs can be decoded from their fields.
func FuzzClientFields(f *testing.F) {
	for _, id := range []string{"", "a", "\x00", "0123456789abcdef", "\x000123456789abcdef", uuid(1), strings.ToUpper(uuid(1)), strings.Repeat("ä", 99)} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if got := redis.RoundTrip(id); got != id {
			t.Errorf("%q comes back as %q", id, got)
		}
	})
}
