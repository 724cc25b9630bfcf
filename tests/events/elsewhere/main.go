// Verifies what the house proves, with code that is not the house's: Go's checksum database and
// the formats of transparency.dev. Reads one JSON object, prints the size that was verified.
package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	formats "github.com/transparency-dev/formats/log"
	cosignature "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type asked struct {
	Origin, VKey, Witness, Checkpoint, Old, Proof string
	Consistency                                   []string
	Tiles                                         map[string]string
}

func main() {
	var given asked
	err := json.NewDecoder(os.Stdin).Decode(&given)
	if err == nil {
		var size uint64
		if size, err = verified(given); err == nil {
			fmt.Println(size)
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func verified(given asked) (uint64, error) {
	newer, err := opened(given, given.Checkpoint)
	if err != nil {
		return 0, fmt.Errorf("checkpoint: %w", err)
	}
	older, err := opened(given, given.Old)
	if err != nil {
		return 0, fmt.Errorf("older checkpoint: %w", err)
	}
	path, err := hashes(given.Consistency)
	if err != nil {
		return 0, err
	}
	if err := tlog.CheckTree(path, int64(newer.Size), tlog.Hash(newer.Hash), int64(older.Size), tlog.Hash(older.Hash)); err != nil {
		return 0, fmt.Errorf("consistency: %w", err)
	}
	if err := included(given); err != nil {
		return 0, fmt.Errorf("proof: %w", err)
	}
	tree := tlog.Tree{N: int64(newer.Size), Hash: tlog.Hash(newer.Hash)}
	if _, err := tlog.ProveRecord(tree.N, tree.N/2, tlog.TileHashReader(tree, tiles(given.Tiles))); err != nil {
		return 0, fmt.Errorf("tiles: %w", err)
	}
	return newer.Size, nil
}

// opened demands the log's signature, and the witness's where one is named.
func opened(given asked, text string) (*formats.Checkpoint, error) {
	log, err := note.NewVerifier(given.VKey)
	if err != nil {
		return nil, err
	}
	var others []note.Verifier
	if given.Witness != "" {
		witness, err := cosignature.NewVerifierForCosignatureV1(given.Witness)
		if err != nil {
			return nil, err
		}
		others = append(others, witness)
	}
	found, _, signed, err := formats.ParseCheckpoint([]byte(text), given.Origin, log, others...)
	if err == nil && len(signed.Sigs) != 1+len(others) {
		err = errors.New("a signature is missing")
	}
	return found, err
}

func included(given asked) error {
	head, text, _ := strings.Cut(given.Proof, "\n\n")
	lines := strings.Split(head, "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("no tlog-proof")
	}
	entry, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	var index int64
	if _, err := fmt.Sscanf(lines[2], "index %d", &index); err != nil {
		return err
	}
	path, err := hashes(lines[3:])
	if err != nil {
		return err
	}
	point, err := opened(given, text)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, int64(point.Size), tlog.Hash(point.Hash), index, tlog.RecordHash(entry))
}

func hashes(lines []string) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		found = append(found, hash)
	}
	return found, nil
}

type tiles map[string]string

func (tiles) Height() int { return 8 }

func (kept tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		hashes, err := base64.StdEncoding.DecodeString(kept[fmt.Sprintf("%d/%d/%d", tile.L, tile.N, tile.W)])
		if err != nil || len(hashes) == 0 {
			return nil, fmt.Errorf("no tile %v", tile)
		}
		found = append(found, hashes)
	}
	return found, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
