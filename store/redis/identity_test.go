package redis_test

import "testing"

// TestIdentity opens several stores under one prefix, also on a replica, which cannot be written.
func TestIdentity(t *testing.T) {
	client := dial(t, startServer(t))
	id := func(prefix string) string {
		t.Helper()
		id, err := open(t, client, prefix).ID(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	known := id("known")
	if known == "" || id("known") != known || id("other") == known {
		t.Errorf("identities: %q, then %q; of another prefix %q", known, id("known"), id("other"))
	}
	command(t, client, "REPLICAOF", "127.0.0.1", "1") // nothing listens there, so that the data remains
	if got := id("known"); got != known {
		t.Errorf("the identity of a replica is %q, want %q", got, known)
	}
	if got := id("unknown"); got != "" {
		t.Errorf("the identity of a replica that has none is %q", got)
	}
}
