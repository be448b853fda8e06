package document

import "context"

type budget struct{}

func newBudget() *budget                                                { return &budget{} }
func (r reader) page(context.Context, []byte, func(Item) error) error   { return errFormat }
func (r reader) table(context.Context, []byte, func(Item) error) error  { return errFormat }
func (r reader) export(context.Context, []byte, func(Item) error) error { return errFormat }
func (r reader) bundle(context.Context, []byte, func(Item) error) error { return errFormat }
func (r reader) paper(context.Context, []byte, func(Item) error) error  { return errFormat }
