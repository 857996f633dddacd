// Package storetest tests that a store keeps the promises of package store.
// A store's own test is not more than this:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(tb testing.TB) store.Store { return mystore.New(…) })
//	}
//
// Every subtest is named after the promise it tests and gets a store of its
// own. Loops that look for races end after a second, so that a store that
// writes slowly is tested with fewer rounds, not for longer.
package storetest

import (
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// A Sizer is a store that can tell how much it holds: bytes, keys, or any other
// number that changes when something is written. Where nothing may be written
// the suite then compares it too.
type Sizer interface {
	Size() (int64, error)
}

// Run tests the stores that open returns. Each must be empty, and open must
// arrange for what has to be cleaned up with tb.Cleanup; closing a closed store
// does nothing, so it may simply close it.
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
		{"FactsTellTheRecord", factsTellTheRecord},
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

		{"ResultsAddUp", resultsAddUp},
		{"ResultsOfSeveral", resultsOfSeveral},
		{"ManyAlternatives", manyAlternatives},
		{"ClientsIteratesAll", clientsIteratesAll},
		{"ResultsAreCopies", resultsAreCopies},
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
		{"ImportMergesChanges", importMergesChanges},
		{"ImportContradictionRefused", importContradictionRefused},

		{"OneIdentity", oneIdentity},

		{"ContextCancelled", contextCancelled},
		{"ClosedStore", closedStore},
	}
}
