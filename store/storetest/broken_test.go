package storetest_test

import (
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// A brokenStore makes one mistake on top of a correct store.
type brokenStore struct {
	open  func(s *memory.Store) store.Store
	fails []string // promises that it must be seen to break, possibly among others
}

func brokenStores() map[string]brokenStore {
	return map[string]brokenStore{
		"looks then writes": {
			func(s *memory.Store) store.Store { return looksThenWrites{s} },
			[]string{"FirstProposalWins", "FirstRecordWins", "NewClientsCountedOnce"},
		},
		"takes any version": {
			func(s *memory.Store) store.Store { return takesAnyVersion{s} },
			[]string{
				"FactsContainTheRecord", "StaleVersionWritesNothing", "ClosedTakesNoOne", "WonTakesNoOne",
				"ChangedAlternativesChangeNothing", "DeleteLeavesNothing", "RecordAndChoiceInOneStep",
			},
		},
		"never reports stale calls": {
			func(s *memory.Store) store.Store { return neverStale{s} },
			[]string{"FactsContainTheRecord", "RecordAndChoiceInOneStep", "StaleVersionWritesNothing"},
		},
		"checks versions too early": {
			func(s *memory.Store) store.Store { return checksVersionsEarly{s} },
			[]string{"LateWritersWriteNothing"},
		},
		"creates unasked": {
			func(s *memory.Store) store.Store { return createsUnasked{s} },
			[]string{"UnknownExperimentTakesNoOne", "DeleteLeavesNothing"},
		},
		"claims to have written": {
			func(s *memory.Store) store.Store { return claimsWrites{s} },
			[]string{"RepeatsWriteNothing", "NewClientsCountedOnce"},
		},
		"never admits": {
			func(s *memory.Store) store.Store { return neverAdmits{s} },
			[]string{"OutStaysOutUntilAdmitted", "RaisedTrafficMovesNobody", "Reservations"},
		},
		"counts reservations": {
			func(s *memory.Store) store.Store { return countsReservations{s} },
			[]string{"Reservations"},
		},
		"writes on lookup": {
			func(s *memory.Store) store.Store { return writesOnLookup{s} },
			[]string{"LookupWritesNothing"},
		},
		"lives in UTC": {
			func(s *memory.Store) store.Store { return livesInUTC{s} },
			[]string{"DayByAt"},
		},
		"takes ids for one another": {
			func(s *memory.Store) store.Store { return mixesUpIDs{s} },
			[]string{"StrangeClientIDs"},
		},
		"takes names for one another": {
			func(s *memory.Store) store.Store { return mixesUpKPIs{s} },
			[]string{"StrangeNames"},
		},
		"knows ten alternatives": {
			func(s *memory.Store) store.Store { return knowsTen{s} },
			[]string{"ManyAlternatives"},
		},
		"converts twice": {
			func(s *memory.Store) store.Store { return convertsTwice{s} },
			[]string{"ConvertOnce", "CountsAddUp"},
		},
		"converts strangers": {
			func(s *memory.Store) store.Store { return convertsStrangers{s} },
			[]string{"RefusedConversionWritesNothing"},
		},
		"converts old versions": {
			func(s *memory.Store) store.Store { return convertsOldVersions{s} },
			[]string{"RefusedConversionWritesNothing", "StaleVersionWritesNothing", "ClosedTakesNoOne"},
		},
		"rounds values": {
			func(s *memory.Store) store.Store { return roundsValues{s} },
			[]string{"ValuesExact"},
		},
		"counts overflows": {
			func(s *memory.Store) store.Store { return countsOverflows{s} },
			[]string{"OverflowWritesNothing"},
		},
		"saves the last": {
			func(s *memory.Store) store.Store { return savesTheLast{s} },
			[]string{"SaveComparesVersions", "StaleVersionWritesNothing"},
		},
		"forgets a field": {
			func(s *memory.Store) store.Store { return forgetsField{s} },
			[]string{"RecordsKeepTheirFields"},
		},
		"clears on save": {
			func(s *memory.Store) store.Store { return clearsOnSave{s} },
			[]string{"KPIsKeptByStore", "EpochsAreRemembered"},
		},
		"clears nothing": {
			func(s *memory.Store) store.Store { return clearsNothing{s} },
			[]string{"ClearForgets", "ClearKeepsCounts"},
		},
		"clears everything": {
			func(s *memory.Store) store.Store { return clearsEverything{s} },
			[]string{"ClearKeepsCounts"},
		},
		"deletes by prefix": {
			func(s *memory.Store) store.Store { return deletesByPrefix{s} },
			[]string{"DeleteLeavesNothing", "StrangeNames"},
		},
		"forgets who is out": {
			func(s *memory.Store) store.Store { return forgetsOut{s} },
			[]string{"OutStaysOutUntilAdmitted", "CountsAddUp"},
		},
		"reads twice": {
			func(s *memory.Store) store.Store { return readsTwice{s} },
			[]string{"CountsAddUp"},
		},
		"forgets epochs": {
			func(s *memory.Store) store.Store { return forgetsEpochs{s} },
			[]string{"EpochsAreRemembered"},
		},
		"forgets cohorts": {
			func(s *memory.Store) store.Store { return forgetsCohorts{s} },
			[]string{"CountsByDayAndCohort"},
		},
		"remembers cohorts": {
			func(s *memory.Store) store.Store { return remembersCohorts{s} },
			[]string{"ImportForgetsCohorts"},
		},
		"sorts names": {
			func(s *memory.Store) store.Store { return sortsNames{s} },
			[]string{"CountsOfSeveral"},
		},
		"lists a thousand clients": {
			func(s *memory.Store) store.Store { return listsThousand{s} },
			[]string{"ClientsIteratesAll"},
		},
		"shares records": {
			func(s *memory.Store) store.Store { return sharesRecords{s} },
			[]string{"RecordsAreCopies", "CountsAreCopies"},
		},
		"keeps arguments": {
			func(s *memory.Store) store.Store { return keepsArguments{s, make(map[string][]float64)} },
			[]string{"ArgumentsAreNotKept"},
		},
		"imports its own version": {
			func(s *memory.Store) store.Store { return importsOwnVersion{s} },
			[]string{"ImportCreates"},
		},
		"imports again": {
			func(s *memory.Store) store.Store { return importsAgain{s} },
			[]string{"ImportIsIdempotent"},
		},
		"imports strangers only": {
			func(s *memory.Store) store.Store { return importsStrangers{s} },
			[]string{"ImportMerges"},
		},
		"imports the present epoch only": {
			func(s *memory.Store) store.Store { return importsPresentEpoch{s} },
			[]string{"ImportKeepsEpochs"},
		},
		"sorts imported KPIs": {
			func(s *memory.Store) store.Store { return sortsKPIs{s} },
			[]string{"ImportLearnsKPIs"},
		},
		"imports first conversions only": {
			func(s *memory.Store) store.Store { return importsFirst{s} },
			[]string{"ImportRaises", "ImportCopies"},
		},
		"counts up only": {
			func(s *memory.Store) store.Store { return countsUp{s} },
			[]string{"ImportCopies", "ImportCountsReplace"},
		},
		"looks then imports": {
			func(s *memory.Store) store.Store { return looksThenImports{s} },
			[]string{"ImportAmidTraffic"},
		},
		"adds up imported counts": {
			func(s *memory.Store) store.Store { return &addsUpCounts{Store: s} },
			[]string{"ImportCountsReplace"},
		},
		"imports contradictions": {
			func(s *memory.Store) store.Store { return importsContradictions{s} },
			[]string{"ImportContradictionRefused"},
		},
		"imports half": {
			func(s *memory.Store) store.Store { return importsHalf{s} },
			[]string{"ImportContradictionRefused"},
		},
		"logs before it asks": {
			func(s *memory.Store) store.Store { return logsEarly{s} },
			[]string{"RefusedChangesAreNotLogged", "OneOfManyIsLogged"},
		},
		"logs in a second step": {
			func(s *memory.Store) store.Store { return logsLate{s} },
			[]string{"ChangesKept"},
		},
		"logs half": {
			func(s *memory.Store) store.Store { return logsHalf{s} },
			[]string{"RefusedChangesAreNotLogged"},
		},
		"lists changes as they came": {
			func(s *memory.Store) store.Store { return &listsAsTheyCame{Store: s} },
			[]string{"NewestChangesFirst"},
		},
		"lists the oldest of them": {
			func(s *memory.Store) store.Store { return listsOldest{s} },
			[]string{"NewestChangesFirst"},
		},
		"deletes the log": {
			func(s *memory.Store) store.Store { return &deletesLog{Store: s} },
			[]string{"ChangesSurvive", "ChangesKept"},
		},
		"shares changes": {
			func(s *memory.Store) store.Store { return &sharesChanges{Store: s} },
			[]string{"ChangesAreCopies"},
		},
		"imports no changes": {
			func(s *memory.Store) store.Store { return importsNoChanges{s} },
			[]string{"ImportMergesChanges"},
		},
		"imports changes again": {
			func(s *memory.Store) store.Store { return importsChangesAgain{s} },
			[]string{"ImportMergesChanges"},
		},
		"has a new identity each time": {
			func(s *memory.Store) store.Store { return newIdentities{s} },
			[]string{"OneIdentity"},
		},
		"ignores the context": {
			func(s *memory.Store) store.Store { return ignoresContext{s} },
			[]string{"ContextCancelled"},
		},
		"never closes": {
			func(s *memory.Store) store.Store { return neverCloses{s} },
			[]string{"ClosedStore"},
		},
	}
}
