// Ferretdb speaks MongoDB's wire protocol at one TCP address and keeps its data as SQLite files in the
// folder it was started in, until SIGTERM or SIGINT. FerretDB 1 reads a document, then writes it, and
// loses what another wrote in between: a gate lets in many that read, or one that may write.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

const (
	socket            = "ferretdb.sock"  // FerretDB's own, in the folder of the data
	patience          = 15 * time.Second // for an answer, which FerretDB may owe for ever
	header            = 16               // bytes: length, id, id of the request, operation
	command           = header + 10      // flags, kind of section, length and type: then its name
	opMsg, moreToCome = 2013, 1 << 1
	opQuery           = 2004 // only greetings use it still
)

var word = binary.LittleEndian.Uint32

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if len(os.Args) != 2 {
		log.Error("usage: ferretdb ADDRESS")
		os.Exit(2)
	}
	if err := run(os.Args[1], log); err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}

func run(address string, log *slog.Logger) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	public, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(socket); err != nil { // it stays behind one that was killed
		return err
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{Unix: socket}, Logger: log, Handler: "sqlite", SQLiteURL: "file:./",
	})
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { public.Close() })
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	err = open(ctx, public, log)
	stop()
	return errors.Join(err, <-ended)
}

func open(ctx context.Context, public net.Listener, log *slog.Logger) error {
	var gate sync.RWMutex
	for {
		client, err := public.Accept()
		if ctx.Err() != nil {
			return nil
		} else if err != nil {
			return err
		}
		go func() {
			defer client.Close()
			defer context.AfterFunc(ctx, func() { client.SetReadDeadline(time.Now()) })()
			if err := serve(client, &gate); err != nil {
				log.Warn("client dismissed", "error", err)
			}
		}()
	}
}

// serve passes on what a client asks until it goes, or is read no more and has its last answer.
// Requests come to the gate whole, and answers leave it whole, so that no client can hold it up.
func serve(client net.Conn, gate *sync.RWMutex) error {
	server, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	defer server.Close()
	for {
		request, err := message(client)
		if err != nil {
			return nil // it is gone
		}
		leave := enter(gate, request)
		server.SetDeadline(time.Now().Add(patience))
		_, refused := server.Write(request)
		answer, missed := message(server)
		leave()
		if err := errors.Join(refused, missed); err != nil {
			return err
		}
		if word(request[12:]) != opMsg || word(request[header:])&moreToCome == 0 { // it answers the rest too
			client.Write(answer) // when that fails, so does the next reading
		}
	}
}

// enter waits for its turn and gives how to end it. Who comes or goes touches no data and does not wait, or
// a busy server would look like one that is away.
func enter(gate *sync.RWMutex, request []byte) (leave func()) {
	switch word(request[12:]) {
	case opQuery:
		return func() {}
	case opMsg:
		name, _, _ := bytes.Cut(request[command:], []byte{0})
		switch string(name) {
		case "endSessions", "hello", "isMaster", "ismaster", "ping":
			return func() {}
		case "aggregate", "count", "find", "getMore": // nobody here aggregates with $out or $merge
			gate.RLock()
			return gate.RUnlock
		}
	}
	gate.Lock()
	return gate.Unlock
}

func message(from io.Reader) ([]byte, error) {
	var whole bytes.Buffer
	if _, err := io.CopyN(&whole, from, header); err != nil {
		return nil, err
	}
	length := int64(word(whole.Bytes()))
	if length < command {
		return nil, errors.New("no message is so short")
	}
	_, err := io.CopyN(&whole, from, length-header)
	return whole.Bytes(), err
}
