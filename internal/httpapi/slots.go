package httpapi

// slots bounds how many customers' requests run at once, so that a flood there is
// refused at the door and cannot slow agents.
type slots chan struct{}

func newSlots(count int) slots {
	if count <= 0 {
		return nil
	}
	return make(slots, count)
}

// take returns a function that gives the place back.
func (s slots) take(class limitClass) (release func(), err error) {
	if class != limitCustomer || s == nil {
		return func() {}, nil
	}
	select {
	case s <- struct{}{}:
		return func() { <-s }, nil
	default:
		return nil, tooMany()
	}
}
