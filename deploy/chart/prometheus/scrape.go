// What Prometheus keeps of a target: its own labels before those of the text, and an end to each series that is told no more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	staleness "github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

type target struct {
	Labels map[string]string `json:"labels"`
	Said   []struct {
		At   int64  `json:"at"`   // seconds
		Text string `json:"text"` // empty: it did not answer
	} `json:"said"`
}

func (of target) scrape(db *tsdb.DB) error {
	before := map[uint64]labels.Labels{}
	for _, said := range of.Said {
		now := map[uint64]labels.Labels{}
		appender := db.AppenderV2(context.Background())
		parsed, err := textparse.New([]byte(said.Text), "text/plain; version=0.0.4", nil, textparse.ParserOptions{})
		if err != nil {
			return err
		}
		for {
			entry, err := parsed.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return fmt.Errorf("what %v said at %d: %w", of.Labels, said.At, err)
			}
			if entry != textparse.EntrySeries {
				continue
			}
			var told labels.Labels
			parsed.Labels(&told)
			_, _, figure := parsed.Series()
			series := of.own(told)
			if err := put(appender, series, said.At, figure); err != nil {
				return err
			}
			now[series.Hash()] = series
		}
		for hash, series := range before {
			if _, told := now[hash]; told {
				continue
			}
			if err := put(appender, series, said.At, math.Float64frombits(staleness.StaleNaN)); err != nil {
				return err
			}
		}
		if err := appender.Commit(); err != nil {
			return err
		}
		before = now
	}
	return nil
}

func (of target) own(told labels.Labels) labels.Labels {
	made := labels.NewBuilder(told)
	for name, text := range of.Labels {
		if theirs := told.Get(name); theirs != "" {
			made.Set("exported_"+name, theirs)
		}
		made.Set(name, text)
	}
	return made.Labels()
}

func put(appender storage.AppenderV2, series labels.Labels, at int64, figure float64) error {
	_, err := appender.Append(0, series, 0, at*1000, figure, nil, nil, storage.AppendV2Options{})
	return err
}
