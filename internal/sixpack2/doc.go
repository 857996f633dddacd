// Package sixpack2 reads and writes the data of Sixpack 2 in Redis, so that a user can
// move from it, and back.
//
//	space := sixpack2.New(client, "sxp", time.UTC)
//	x, err := space.Read(ctx, "button-color")
//	…
//	outcome, err := x.Import(ctx, st, nil)
//
// Sixpack numbers the clients of an experiment in the order in which they come. It
// has a bitmap over these numbers for each alternative and each day, month and year,
// and for all time (<p> is the prefix, N an experiment, A an alternative or "_all", T
// is all, YYYY, YYYY-MM or YYYY-MM-DD):
//
//	<p>:e                    SET     names of experiments
//	<p>:e:N                  HASH    created_at, traffic_fraction, paused, archived, description
//	<p>:e:N:alternatives     LIST    the first is the control
//	<p>:e:N:winner           STRING
//	<p>:e:N:kpis             SET     names of KPIs
//	<p>:e:N:users            ZSET    client → number
//	<p>:e:N:excluded         bitmap
//	<p>:p:N:A:T              bitmap  of participation
//	<p>:p:N:days             SET     of the days that have bitmaps; likewise months and years
//	<p>:c:N:A:users:T        bitmap  of conversions; N/K in place of N for KPI K
//	<p>:c:N:days             SET     likewise
//
// # Reading
//
// Numbers are read in chunks, so that memory does not grow with the number of clients.
// Where the data is ambiguous, these rules apply:
//
//   - A client takes part in the first alternative, in the order of the list, that has its
//     bit, as Sixpack answers. Its bits in other alternatives, which forced participations
//     leave, become counts without a client, and so do its conversions in them.
//   - The day of a client is the first whose bitmap has its bit; later days are ignored, so
//     that the days add up to the alternative's total, which they do not in Sixpack. A bit
//     without a day counts on the day on which the experiment was created. A bit in a day's
//     bitmap that is missing from the bitmap of all time counts.
//   - A client with the excluded bit is out, unless it takes part: then the exclusion
//     becomes a count without a client.
//   - A number with a name and no bits, which Sixpack assigns for a prefetch, is ignored.
//   - Bits of numbers without a name, which archiving deletes, become counts without a
//     client.
//   - Names are kept, even if new experiments cannot have them. An alternative that is
//     listed twice becomes one, with twice the share.
//   - An invalid traffic fraction is 1. An invalid created_at is the first day with data.
//
// [Experiment.Notes] lists where a rule applied, [Experiment.Damaged] what could not be
// read. Neither stops the rest from being read.
//
// Sixpack may keep serving. It only adds data, in a fixed order, and data is read in the
// opposite order, so a client is read with everything it did before. New clients are read
// by the next import.
//
// # Writing
//
// [Space.Export] numbers the clients in the order of the store, and writes the name of the
// experiment last, so that Sixpack sees only complete experiments. Counts without a client
// get numbers with synthetic names, which reading recognizes; without them Sixpack would
// give the numbers, with their bits, to new clients. An archived experiment without clients
// gets no names, as in Sixpack.
package sixpack2
