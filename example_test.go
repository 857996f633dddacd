package sixpack_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// A client takes part and converts.
func Example() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}

	a, err := engine.Participate(ctx, button, "anna", sixpack.UserAgent("Mozilla/5.0"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.Alternative, a.Reason)

	a, err = engine.Convert(ctx, "button-color", "anna", sixpack.UserAgent("Mozilla/5.0"))
	if err != nil {
		log.Fatal(err)
	}
	if a.Reason != sixpack.ReasonRobot { // robots do not convert and have no alternative
		fmt.Println("converted with", a.Alternative)
	}
	counts, err := engine.Counts(ctx, "button-color")
	if err != nil {
		log.Fatal(err)
	}
	for i, a := range counts.Alternatives {
		fmt.Println(button.Alternatives[i], a.Participants(), a.KPI("").Converted())
	}
	// Output:
	// blue assigned
	// converted with blue
	// red 0 0
	// blue 1 1
}

// A returning client gets the same alternative, from any engine.
func ExampleEngine_Participate() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	for range 2 {
		a, _ := engine.Participate(ctx, button, "anna")
		fmt.Println(a.Alternative, a.Reason)
	}
	// Output:
	// blue assigned
	// blue existing
}

// A tenth of the clients take part. Nine of ten participants get the first alternative.
func ExampleExperiment() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	checkout := sixpack.Experiment{
		Name:         "checkout",
		Alternatives: []string{"one-page", "three-pages"},
		Weights:      []float64{9, 1},
		Traffic:      0.1,
	}
	for i := range 1000 {
		_, _ = engine.Participate(ctx, checkout, fmt.Sprint("client-", i))
	}
	r, _ := engine.Counts(ctx, "checkout")
	fmt.Println(r.Alternatives[0].Participants(), r.Alternatives[1].Participants(), r.Excluded)
	// Output: 84 8 908
}

// A purchase has a value, and values add up.
func ExampleEngine_Convert() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	_, _ = engine.Participate(ctx, button, "anna")
	_, _ = engine.Convert(ctx, "button-color", "anna", sixpack.KPI("purchase"), sixpack.Value(12.50))
	_, _ = engine.Convert(ctx, "button-color", "anna", sixpack.KPI("purchase"), sixpack.Value(0.99))

	r, _ := engine.Counts(ctx, "button-color")
	purchases := r.Alternatives[1].KPI("purchase")
	fmt.Println(purchases.Converted(), purchases.Events(), store.Amount(purchases.Totals().Sum.Int64()))

	_, err := engine.Convert(ctx, "button-color", "stranger")
	fmt.Println(errors.Is(err, sixpack.ErrNotParticipating), err)
	// Output:
	// 1 2 13.49
	// true this client was not participating: "stranger" in "button-color"
}

// To look at an alternative without taking part, force it.
func ExampleForce() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	a, _ := engine.Participate(ctx, button, "anna", sixpack.Force("red"))
	fmt.Println(a.Alternative, a.Reason, a.Participating)
	// Output: red forced false
}

// A page that may never be shown prefetches the alternative, and takes part later.
func ExamplePrefetch() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	a, _ := engine.Participate(ctx, button, "anna", sixpack.Prefetch())
	fmt.Println(a.Alternative, a.Reason)
	a, _ = engine.Participate(ctx, button, "anna")
	fmt.Println(a.Alternative, a.Reason)
	// Output:
	// blue prefetched
	// blue assigned
}

// Events from a log are counted on the day when they happened.
func ExampleAt() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	_, _ = engine.Participate(ctx, button, "anna", sixpack.At(time.Date(2026, 2, 28, 23, 59, 0, 0, time.UTC)))
	r, _ := engine.Counts(ctx, "button-color")
	fmt.Println(r.Alternatives[1].Days[0].Day)
	// Output: 2026-02-28
}

// Robots get the winner, else the control, and are not counted.
func ExampleUserAgent() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	a, _ := engine.Participate(ctx, button, "anna", sixpack.UserAgent("Googlebot/2.1"))
	fmt.Println(a.Alternative, a.Reason)
	// Output: red robot
}

// With a winner, everyone gets it.
func ExampleEngine_SetWinner() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	_, _ = engine.Participate(ctx, button, "anna")
	if err := engine.SetWinner(ctx, "button-color", "red"); err != nil {
		log.Fatal(err)
	}
	a, _ := engine.Participate(ctx, button, "anna")
	fmt.Println(a.Alternative, a.Reason)
	// Output: red winner
}

// An operator limits the traffic to a hundredth of new clients, whatever callers declare.
func ExampleEngine_Override() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}, Traffic: 1}
	_, _ = engine.Participate(ctx, button, "anna")
	if err := engine.Override(ctx, "button-color", store.Override{Traffic: 0.01}); err != nil {
		log.Fatal(err)
	}
	a, _ := engine.Participate(ctx, button, "bert")
	fmt.Println(a.Alternative, a.Reason)
	a, _ = engine.Participate(ctx, button, "anna")
	fmt.Println(a.Alternative, a.Reason)
	// Output:
	// red excluded
	// blue existing
}

// Purge deletes the clients of an archived experiment and keeps its counts.
func ExampleEngine_Purge() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	_, _ = engine.Participate(ctx, button, "anna")
	_ = engine.Archive(ctx, "button-color")
	if err := engine.Purge(ctx, "button-color"); err != nil {
		log.Fatal(err)
	}
	r, _ := engine.Counts(ctx, "button-color")
	fmt.Println(r.Alternatives[1].Participants())
	// Output: 1
}

// The log of an experiment holds the changes of operators. Undo reverts a change.
func ExampleEngine_Undo() {
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	ctx := sixpack.WithActor(context.Background(), "anna@example.com")
	_, _ = engine.Participate(ctx, button, "a client")
	_ = engine.SetWinner(ctx, "button-color", "red")

	changes, err := engine.Changes(ctx, "button-color", 1) // the last one
	if err != nil {
		log.Fatal(err)
	}
	ctx = sixpack.WithActor(ctx, "bert@example.com")
	if err := engine.Undo(ctx, "button-color", changes[0].ID); err != nil {
		log.Fatal(err)
	}
	changes, _ = engine.Changes(ctx, "button-color", 0)
	for _, c := range changes {
		fmt.Printf("%s by %s: %s, before %s\n", c.Action, c.By, c.After, c.Before)
	}
	// Output:
	// undo by bert@example.com: {"winner":""}, before {"winner":"red"}
	// winner by anna@example.com: {"winner":"red"}, before {"winner":""}
}

// An operation that the state of an experiment does not allow is refused with a sentence.
func ExampleConflictError() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	_, _ = engine.Participate(ctx, button, "anna")
	_ = engine.Archive(ctx, "button-color")

	for _, err := range []error{engine.Archive(ctx, "button-color"), engine.SetWinner(ctx, "button-color", "red")} {
		if conflict, ok := errors.AsType[*sixpack.ConflictError](err); ok {
			fmt.Println(conflict.Message, conflict.Done)
		}
	}
	// Output:
	// The experiment is already archived. true
	// The experiment is archived. Restore it first. false
}

// A ramp raises the traffic from a hundredth to all visitors in three days, unless fewer of
// them buy.
func ExampleEngine_StartRamp() {
	ctx := context.Background()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	engine := sixpack.New(new(memory.Store), sixpack.Config{Now: func() time.Time { return now }})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	if _, err := engine.Participate(ctx, button, "anna"); err != nil {
		log.Fatal(err)
	}
	err := engine.StartRamp(ctx, "button-color", store.RampPlan{
		Steps: []float64{0.01, 0.1, 0.5, 1}, Hold: 24 * time.Hour, Guardrails: []store.Guardrail{{KPI: "purchase"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for day := range 4 {
		for i := range 1000 {
			_, _ = engine.Participate(ctx, button, fmt.Sprint("visitor-", day, "-", i))
			_, _ = engine.Convert(ctx, "button-color", fmt.Sprint("visitor-", day, "-", i), sixpack.KPI("purchase"))
		}
		r, _ := engine.Counts(ctx, "button-color")
		fmt.Println("day", day, r.Record.Ramp.State, r.Record.Override.Traffic)
		now = now.Add(24 * time.Hour)
	}
	// Output:
	// day 0 running 0.01
	// day 1 running 0.1
	// day 2 running 0.5
	// day 3 done 1
}
