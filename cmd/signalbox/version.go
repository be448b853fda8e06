package main

import (
	"runtime"

	"github.com/spf13/cobra"
)

func (s *shell) version() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "version", Short: "Print the version", Example: "  signalbox version --json", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return s.print(map[string]string{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}, func() {
				s.printf("signalbox %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			})
		},
	})
}
