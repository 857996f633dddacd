// Package storetest is the conformance suite of package store. A store needs only this test:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(tb testing.TB) store.Store { return mystore.New(…) })
//	}
//
// Each subtest is named after the promise that it tests and gets its own store. Loops that look
// for races end after a second, so that slow stores are tested with fewer rounds instead of
// longer.
package storetest

import (
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// A Sizer is a store that reports how much data it holds, in bytes, keys, or any other number
// that changes with every write. The suite uses it to check that nothing is written.
type Sizer interface {
	Size() (int64, error)
}

// Run tests the stores that open returns. They must be empty. The open function registers a
// cleanup with tb.Cleanup, which may close the store a second time.
func Run(t *testing.T, open func(tb testing.TB) store.Store) {
	for _, p := range promises() {
		t.Run(p.name, func(t *testing.T) { p.test(subject{t, open(t), open}) })
	}
}

type promise struct {
	name string
	test func(s subject)
}

func promises() []promise {
	return []promise{
		{"FirstProposalWins", firstProposalWins},
		{"FirstRecordWins", firstRecordWins},
		{"NewClientsCountedOnce", newClientsCountedOnce},
		{"LateWritersWriteNothing", lateWritersWriteNothing},
		{"FactsContainTheRecord", factsContainTheRecord},
		{"UnknownExperimentTakesNoOne", unknownExperimentTakesNoOne},
		{"RepeatsWriteNothing", repeatsWriteNothing},
		{"RecordAndChoiceInOneStep", recordAndChoiceInOneStep},
		{"StaleVersionWritesNothing", staleVersionWritesNothing},
		{"ChangedAlternativesChangeNothing", changedAlternativesChangeNothing},
		{"ClosedTakesNoOne", closedTakesNoOne},
		{"WonTakesNoOne", wonTakesNoOne},
		{"OutStaysOutUntilAdmitted", outStaysOutUntilAdmitted},
		{"RaisedTrafficMovesNobody", raisedTrafficMovesNobody},
		{"Reservations", reservations},
		{"LookupWritesNothing", lookupWritesNothing},
		{"DayByAt", dayByAt},

		{"ConvertOnce", convertOnce},
		{"RefusedConversionWritesNothing", refusedConversionWritesNothing},
		{"ValuesExact", valuesExact},
		{"OverflowWritesNothing", overflowWritesNothing},

		{"RecordsKeepTheirFields", recordsKeepTheirFields},
		{"KPIsKeptByStore", kpisKeptByStore},
		{"EpochsAreRemembered", epochsAreRemembered},
		{"SaveComparesVersions", saveComparesVersions},
		{"ClearForgets", clearForgets},
		{"ClearKeepsCounts", clearKeepsCounts},
		{"DeleteLeavesNothing", deleteLeavesNothing},

		{"ChangesKept", changesKept},
		{"RefusedChangesAreNotLogged", refusedChangesAreNotLogged},
		{"OneOfManyIsLogged", oneOfManyIsLogged},
		{"NewestChangesFirst", newestChangesFirst},
		{"ChangesSurvive", changesSurvive},
		{"ChangesAreCopies", changesAreCopies},

		{"CountsAddUp", countsAddUp},
		{"CountsByDayAndCohort", countsByDayAndCohort},
		{"CountsOfSeveral", countsOfSeveral},
		{"ManyAlternatives", manyAlternatives},
		{"ClientsIteratesAll", clientsIteratesAll},
		{"CountsAreCopies", countsAreCopies},
		{"RecordsAreCopies", recordsAreCopies},
		{"ArgumentsAreNotKept", argumentsAreNotKept},
		{"StrangeClientIDs", strangeClientIDs},
		{"StrangeNames", strangeNames},

		{"ImportCreates", importCreates},
		{"ImportIsIdempotent", importIsIdempotent},
		{"ImportKeepsEpochs", importKeepsEpochs},
		{"ImportLearnsKPIs", importLearnsKPIs},
		{"ImportMerges", importMerges},
		{"ImportRaises", importRaises},
		{"ImportCopies", importCopies},
		{"ImportAmidTraffic", importAmidTraffic},
		{"ImportCountsReplace", importCountsReplace},
		{"ImportForgetsCohorts", importForgetsCohorts},
		{"ImportMergesChanges", importMergesChanges},
		{"ImportContradictionRefused", importContradictionRefused},

		{"OneIdentity", oneIdentity},

		{"ContextCancelled", contextCancelled},
		{"ClosedStore", closedStore},
	}
}
