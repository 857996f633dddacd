package redis_test

import (
	"context"
	"fmt"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store/redis"
)

// Two engines share a Redis, here a miniredis, which tests can use in place of a server.
// It has no client-side caching, so the clients disable it.
func Example() {
	server, err := miniredis.Run()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	button := sixpack.Experiment{Name: "button", Alternatives: []string{"red", "blue"}}

	for range 2 {
		client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{server.Addr()}, DisableCache: true})
		if err != nil {
			fmt.Println(err)
			return
		}
		engine := sixpack.New(redis.New(client, "shop", redis.Config{}), sixpack.Config{})
		a, err := engine.Participate(context.Background(), button, "anna")
		client.Close()
		fmt.Println(a.Alternative, a.Reason, err)
	}
	// Output:
	// blue assigned <nil>
	// blue existing <nil>
}
