package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// ErrLocked is wrapped by the error of Open when the file is in use.
var ErrLocked = errors.New("in use by another sixpack process")

// errForeign is wrapped by the error of Open when the file is not a store.
var errForeign = errors.New("not a sixpack store")

const (
	lockTimeout = time.Second // for a process that is about to exit
	allocSize   = 1 << 20     // bytes by which the file grows at a time
	minSize     = 4 << 12     // bytes of a new file
)

// The bucket that identifies the file as a store, and the keys of the format's version and of
// the ID.
var (
	formatBucket = []byte("sixpack")
	formatKey    = []byte("format")
	idKey        = []byte("id")
)

// The format of files that this package writes. Format 1 counted participants, and values, only
// by epoch.
const format = 2

// Open opens the file at path, or creates it in an existing folder. The caller must Close
// the store.
//
// A file can be open only once. If it is already open, in this or another process, Open
// fails after a second with an error that wraps [ErrLocked]. Open also fails, without changing
// the file, if the file is not a store, is damaged, or has the format of a newer release.
func Open(path string) (*Store, error) {
	db, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("bolt store: open %s: %w", path, err)
	}
	return &Store{db: db, writer: writer{db: db}}, nil
}

func open(path string) (db *bbolt.DB, err error) {
	defer recoverDamage(&err)
	for {
		if err := check(path); err != nil {
			return nil, err
		}
		db, err = openChecked(path)
		if !errors.Is(err, errReplaced) {
			return db, err
		}
	}
}

// check refuses an existing file that is not a store. It opens the file read-only, because
// otherwise bbolt may write before the file can be checked.
func check(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0:
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: not a regular file", errForeign)
	case info.Size() < minSize:
		return fmt.Errorf("%w: %d bytes", errForeign, info.Size())
	}
	db, err := bbolt.Open(path, 0, &bbolt.Options{ReadOnly: true, Timeout: lockTimeout})
	if err != nil {
		return explain(err)
	}
	defer db.Close()
	return db.View(func(tx *bbolt.Tx) error {
		if tx.Size() > info.Size() {
			return fmt.Errorf("%w: it has %d bytes of %d", errDamaged, info.Size(), tx.Size())
		}
		return checkFormat(tx)
	})
}

func checkFormat(tx *bbolt.Tx) error {
	b := tx.Bucket(formatBucket)
	if b == nil {
		if first, _ := tx.Cursor().First(); first != nil {
			return fmt.Errorf("%w: it has a bucket %q", errForeign, first)
		}
		return nil // a process died before it wrote the format
	}
	version, err := strconv.Atoi(string(b.Get(formatKey)))
	switch {
	case err != nil:
		return fmt.Errorf("%w: format: %w", errDamaged, err)
	case version > format:
		return fmt.Errorf("its format is %d, of a newer release; this one knows format %d", version, format)
	}
	return nil
}

func openChecked(path string) (*bbolt.DB, error) {
	var file *os.File
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: lockTimeout,
		// Uses free pages in order, so that the pages of a transaction are adjacent and
		// need fewer writes: mixed loads were 1.1 to 1.8 times as fast. The other type
		// finds pages faster after a large Delete.
		FreelistType:    bbolt.FreelistArrayType,
		InitialMmapSize: mmapSize(),
		NoStatistics:    true, // they would make readers wait for a lock
		OpenFile: func(name string, flag int, perm os.FileMode) (_ *os.File, err error) {
			file, err = os.OpenFile(name, flag, perm)
			return file, err
		},
	})
	if err != nil {
		return nil, explain(err)
	}
	db.AllocSize = allocSize
	if err := prepare(db, file); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// mmapSize is the initial address space. To get more, bbolt waits for all readers, and new
// readers wait meanwhile, so that a Backup to a slow reader would block all calls. Address
// space takes no memory, but on Windows the file would become as large.
func mmapSize() int {
	if strconv.IntSize < 64 || runtime.GOOS == "windows" {
		return 0
	}
	return 1 << 30
}

func explain(err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return ErrLocked
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		return fmt.Errorf("%w: %w", errForeign, err)
	}
	return err
}

// errReplaced reports that the file was replaced, for example by [Compact], while Open waited
// for its lock. Writes to the open file would be lost.
var errReplaced = errors.New("was replaced")

func prepare(db *bbolt.DB, file *os.File) error {
	there, err := os.Stat(file.Name())
	if errors.Is(err, os.ErrNotExist) {
		return errReplaced
	}
	if err != nil {
		return err
	}
	ours, err := file.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(there, ours) {
		return errReplaced
	}
	return initialize(db)
}

// initialize writes the format to a new file, and to one of an earlier format, which earlier
// releases then refuse to open.
func initialize(db *bbolt.DB) error {
	err := db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(formatBucket)
		if err != nil {
			return err
		}
		if value := strconv.AppendInt(nil, format, 10); !bytes.Equal(b.Get(formatKey), value) {
			return b.Put(formatKey, value)
		}
		return errUnchanged
	})
	switch {
	case errors.Is(err, errUnchanged):
		return nil
	case err != nil:
		return err
	}
	return syncFolder(db.Path())
}

// syncFolder makes sure that the folder contains the file at path after a crash.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // it cannot sync folders
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
