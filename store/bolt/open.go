package bolt

import (
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

// errForeign is wrapped by the error of Open when the file is something else.
var errForeign = errors.New("not a sixpack store")

const (
	lockTimeout = time.Second // for a process that is about to end
	allocSize   = 1 << 20     // by how much the file grows at a time
	minSize     = 4 << 12     // of what bbolt begins with
)

// The bucket that tells what the file is, and which version of it.
var (
	formatBucket = []byte("sixpack")
	formatKey    = []byte("format")
)

const format = 1

// Open opens the file at path. If there is none, it is created; its folder must
// exist. Whoever opens a store must Close it.
//
// A file is for one process at a time. If it is open already, here or in
// another process, Open fails after a second with an error that wraps
// [ErrLocked]. It also fails, and leaves the file as it is, when that is not a
// store, is damaged, or was written by a newer release that changed the format.
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

// check refuses a file that is there but no store of ours. It opens it for
// reading only, because otherwise bbolt may write before anything can be asked.
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
		return nil // a process died before it came to it
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
		// Takes free pages in order, so that those of a transaction lie side by
		// side and reach the disk in fewer writes: mixed loads came 1.1 to 1.8 times
		// as far. The other type would find them faster after a large Delete.
		FreelistType:    bbolt.FreelistArrayType,
		InitialMmapSize: mmapSize(),
		NoStatistics:    true, // they cost readers a lock
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

// mmapSize is the address space to begin with. To get more, bbolt waits for all
// readers, and new readers wait for it, so a Backup to a slow reader would hold
// up everything. It takes no memory; only Windows would make the file as large.
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

// errReplaced tells that, while we waited for its lock, the file was replaced,
// as by [Compact]: what is written to the one we have would be lost.
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

// initialize says in a new file what it is.
func initialize(db *bbolt.DB) error {
	fresh := false
	err := db.View(func(tx *bbolt.Tx) error {
		fresh = tx.Bucket(formatBucket) == nil
		return nil
	})
	if err != nil || !fresh {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket(formatBucket)
		if err != nil {
			return err
		}
		return b.Put(formatKey, strconv.AppendInt(nil, format, 10))
	})
	if err != nil {
		return err
	}
	return syncFolder(db.Path())
}

// syncFolder makes sure that the folder knows the file at path after a crash.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // has no way to ask for it
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
