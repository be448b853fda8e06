package samplecompany

// Agreement is how far two labellings of the same tickets agree.
type Agreement struct {
	Tickets int     // labelled by both
	Share   float64 // of them with the same value, 0–1
	// Kappa corrects the share for chance (Cohen 1960): 1 is full agreement, 0 is
	// what chance gives, and it can be negative. It is 1 if both gave one and the
	// same value throughout.
	Kappa float64
}

// Agreement compares the two labellings by field. Without a second one
// it is empty.
func (c *Company) Agreement() map[string]Agreement {
	first, second := map[string][]string{}, map[string][]string{}
	for _, ticket := range c.Tickets {
		again, twice := c.second[ticket.ID]
		if !twice {
			continue
		}
		for field, value := range c.labels[ticket.ID].Fields() {
			first[field] = append(first[field], value)
		}
		for field, value := range again.Fields() {
			second[field] = append(second[field], value)
		}
	}
	agreements := map[string]Agreement{}
	for field := range first {
		agreements[field] = agreementOf(first[field], second[field])
	}
	return agreements
}

// agreementOf takes two lists of the same length, at least 1.
func agreementOf(first, second []string) Agreement {
	same := 0
	ofFirst, ofSecond := map[string]int{}, map[string]int{}
	for i := range first {
		ofFirst[first[i]]++
		ofSecond[second[i]]++
		if first[i] == second[i] {
			same++
		}
	}
	byChance := 0 // of count², which keeps the sum exact
	for value, count := range ofFirst {
		byChance += count * ofSecond[value]
	}
	count := float64(len(first))
	share, chance := float64(same)/count, float64(byChance)/(count*count)
	kappa := 1.0
	if chance < 1 {
		kappa = (share - chance) / (1 - chance)
	}
	return Agreement{Tickets: len(first), Share: share, Kappa: kappa}
}
