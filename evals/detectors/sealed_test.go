package detectors

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/detect"
	"github.com/signalbox/signalbox/internal/embedding"
)

// TestSealedIndustries judges the shipped detectors on industries from which nothing
// was learned and at which nobody looked. Once its figures are used to choose
// anything, they are worth no more.
func TestSealedIndustries(t *testing.T) {
	if os.Getenv("SIGNALBOX_SEALED") == "" {
		t.Skip("SKIPPED: the sealed industries are judged for releases; SIGNALBOX_SEALED=1 does it")
	}
	sealed, err := loadFolder(os.DirFS("."), "sealed")
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := detect.Default()
	if err != nil {
		t.Fatal(err)
	}
	embedder, err := embedding.Default()
	if err != nil {
		t.Fatal(err)
	}
	j := sealedJudge{t: t, shipped: shipped, embedder: embedder, counts: map[string][2]int{}}
	for _, industry := range sealed {
		j.judge(industry)
	}
	t.Log("\n" + j.report())
}

// sealedJudge counts hits and cases by name.
type sealedJudge struct {
	t        *testing.T
	shipped  *detect.Detectors
	embedder *embedding.Model
	counts   map[string][2]int
	names    []string
}

func (j *sealedJudge) count(name string, hit bool) {
	counted, known := j.counts[name]
	if !known {
		j.names = append(j.names, name)
	}
	counted[1]++
	if hit {
		counted[0]++
	}
	j.counts[name] = counted
}

func (j *sealedJudge) read(row ticketRow) detect.Reading {
	text := row.text()
	vector, classes := j.embedder.Read(nil, nil, text)
	read, err := j.shipped.Read(text, vector, classes)
	if err != nil {
		j.t.Fatal(err)
	}
	return read
}

func (j *sealedJudge) judge(industry Industry) {
	for _, row := range industry.tickets {
		read := j.read(row)
		labels := map[string]string{detect.Kind: row.Kind, detect.Urgency: row.Urgency, detect.Impact: row.Impact, detect.Sentiment: row.Sentiment}
		for _, name := range []string{detect.Kind, detect.Urgency, detect.Impact, detect.Sentiment} {
			j.count(name+" accuracy", read.Scores[name][0].Value == labels[name])
		}
		if row.Urgency == "critical" {
			j.count("critical recall", read.Scores[detect.Urgency][0].Value == "critical")
		}
		j.count("false alarms on tickets", read.Sensitive != "")
	}
	for _, row := range industry.sensitive {
		j.count("sensitive recall", j.read(row).Sensitive != "")
	}
	for _, row := range industry.negatives {
		j.count("false alarms on hard negatives", j.read(row).Sensitive != "")
	}
	for _, row := range industry.acts {
		best := j.shipped.Act(row.earlier(), row.Body)[0]
		j.count("act accuracy", best.Value == row.Act)
		believed := best.Value == "thanks" && best.Probability >= j.shipped.ThanksFloor()
		if believed {
			j.count("thanks precision", row.Act == "thanks")
		}
		if row.Act == "thanks" {
			j.count("thanks recall", believed)
		}
	}
}

func (j *sealedJudge) report() string {
	var b strings.Builder
	for _, name := range j.names {
		fmt.Fprintf(&b, "%-32s %s\n", name, share(j.counts[name][0], j.counts[name][1]))
	}
	return b.String()
}
