package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/internal/helpdesk"
	"github.com/signalbox/signalbox/workers"
)

// process is the built program, running.
type process struct {
	*exec.Cmd
	stderr *output
}

// start runs the built program on a stage.
func (s *stage) start(args ...string) *process {
	s.t.Helper()
	child := &process{exec.Command(program(s.t), args...), &output{}}
	child.Env, child.Stdout, child.Stderr = append(os.Environ(), s.variables...), child.stderr, child.stderr
	must(s.t, child.Start())
	s.t.Cleanup(func() {
		if child.ProcessState == nil {
			_ = child.Process.Kill()
			_ = child.Wait()
		}
	})
	return child
}

// says waits until the program has written something.
func (p *process) says(t testing.TB, words string) {
	t.Helper()
	eventually(t, "the program says "+words, func() bool { return strings.Contains(p.stderr.String(), words) })
}

// ends expects the program to end with 0.
func (p *process) ends(t testing.TB) {
	t.Helper()
	if err := p.Wait(); err != nil {
		t.Errorf("%v ended with %v, want exit code 0:\n%s", p.Args, err, p.stderr)
	}
}

func (p *process) terminate(t testing.TB) {
	t.Helper()
	must(t, p.Process.Signal(syscall.SIGTERM))
}

// connect adds a generic connection.
func (s *stage) connect() (id, secret string) {
	s.t.Helper()
	var made struct{ ID, Secret string }
	s.run("connection", "add", "--name", "Desk", "--json").wants(s.t, exitOK).decode(s.t, &made)
	return made.ID, made.Secret
}

// TestServeFinishesWhatItBegan sends SIGTERM while a hook's body is on its way.
func TestServeFinishesWhatItBegan(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id, secret := s.connect()
	child := s.start("serve")
	child.says(t, "listens on")
	address := strings.TrimPrefix(listens.FindStringSubmatch(child.stderr.String())[1], "http://")

	connection, err := net.Dial("tcp", address)
	must(t, err)
	defer connection.Close()
	must(t, connection.SetDeadline(time.Now().Add(patience)))
	event := eventOf("slow-1", "Slow line", "This is sent in two parts.")
	timestamp, signature := helpdesk.SignGeneric([]byte(secret), []byte(event), time.Now())
	_, err = fmt.Fprintf(connection, "POST /v1/hooks/%s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n%s: %s\r\n%s: %s\r\n\r\n",
		id, address, len(event), helpdesk.HeaderTimestamp, timestamp, helpdesk.HeaderSignature, signature)
	must(t, err)
	reader := bufio.NewReader(connection)
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the server answers %q, %v, want 100 Continue", line, err)
	}
	_, _ = reader.ReadString('\n') // the empty line after it
	child.terminate(t)
	eventually(t, "nobody new is let in", func() bool {
		another, err := net.Dial("tcp", address)
		if err == nil {
			_ = another.Close()
		}
		return err != nil
	})
	_, err = io.WriteString(connection, event)
	must(t, err)
	response, err := http.ReadResponse(reader, nil)
	must(t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		t.Errorf("the request that was under way got %s, want 202", response.Status)
	}
	child.ends(t)
	if tickets := s.count("select count(*) from signalbox.tickets where external_id = 'slow-1'"); tickets != 1 {
		t.Errorf("%d tickets are stored, want 1", tickets)
	}
}

// TestWorkHandsBackRunningJobs holds a job up by a lock while SIGTERM comes.
func TestWorkHandsBackRunningJobs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id, secret := s.connect()
	serve(t, s.variables).hook(t, id, secret, eventOf("held-1", "Held", "We cannot sign in.")).wants(t, http.StatusAccepted)
	lock, err := s.pg.Admin.Begin(t.Context())
	must(t, err)
	defer func() { _ = lock.Rollback(t.Context()) }()
	_, err = lock.Exec(t.Context(), "lock table signalbox.decisions in access exclusive mode")
	must(t, err)

	first := s.start("work")
	s.queue("active", 1)
	first.terminate(t)
	first.ends(t)
	s.queue("active", 0)
	s.queue("pending", 1)
	if open := s.count("select count(*) from signalbox.outbox where state = 'open' and kind = 'ticket:triage'"); open != 1 {
		t.Errorf("%d rows are open after the hand-back, want 1", open)
	}
	must(t, lock.Rollback(t.Context()))

	second := s.start("work")
	eventually(t, "the next worker decides", func() bool { return s.count("select count(*) from signalbox.decisions") == 1 })
	second.terminate(t)
	second.ends(t)
}

// queue waits until so many tickets' tasks are in a state; what the schedule adds
// is not counted.
func (s *stage) queue(state string, want int) {
	s.t.Helper()
	options, err := redis.ParseURL(s.redis)
	must(s.t, err)
	client := redis.NewClient(options)
	defer client.Close()
	eventually(s.t, fmt.Sprintf("%d tasks are %s", want, state), func() bool {
		tasks, err := client.LRange(s.t.Context(), "asynq:{"+workers.DefaultQueue+"}:"+state, 0, -1).Result()
		must(s.t, err)
		found := 0
		for _, task := range tasks {
			if strings.HasSuffix(task, ":"+workers.TriageKind) {
				found++
			}
		}
		return found == want
	})
}

// The bars of one process on one machine.
const (
	mostResident = 100 << 20 // bytes, idle
	mostBinary   = 60 << 20
)

func TestFootprint(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(program(t))
	must(t, err)
	if info.Size() > mostBinary {
		t.Errorf("the binary has %d bytes, want at most %d", info.Size(), mostBinary)
	}
	s := newStage(t)
	started := time.Now()
	child := s.start("serve", "--work")
	child.says(t, "listens on")
	ready := time.Since(started)
	time.Sleep(2 * time.Second) // idle: what starting has taken is given back or is not
	resident := child.resident(t)
	t.Logf("binary %.1f MB; listens %d ms after it was started; %.0f MB resident when idle", float64(info.Size())/1e6, ready.Milliseconds(), float64(resident)/1e6)
	if resident > mostResident {
		t.Errorf("an idle serve --work holds %d bytes, want at most %d", resident, mostResident)
	}
	child.terminate(t)
	child.ends(t)
}

// resident is how many bytes of memory the process has.
func (p *process) resident(t testing.TB) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		t.Skipf("no /proc here: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			kilobytes, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			must(t, err)
			return kilobytes << 10
		}
	}
	t.Fatal("the process has no VmRSS")
	return 0
}
