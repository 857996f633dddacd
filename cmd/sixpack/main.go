// Command sixpack serves A/B tests to programs in any language, over the protocol
// of SeatGeek's Sixpack. "sixpack help" lists its commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the machine may have no time zones, as an empty container

	"github.com/sixpack-go/sixpack/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(cli.Main(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
