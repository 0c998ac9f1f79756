package kafka

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// compactionLag is how long compaction leaves records alone: repairs of
// shadowed keys need no more than a few reap intervals.
const compactionLag = time.Hour

// Names of a topic's configuration.
const (
	cleanupPolicy   = "cleanup.policy"
	maxMessageBytes = "max.message.bytes"
)

// ensureTopic makes the topic if it is missing. One that exists is left as it
// is, and refused if it would lose keys.
func ensureTopic(ctx context.Context, admin *kadm.Client, c Config) error {
	configs := map[string]*string{
		cleanupPolicy:           kadm.StringPtr("compact"),
		maxMessageBytes:         kadm.StringPtr(strconv.Itoa(maxRecordBytes)),
		"min.compaction.lag.ms": kadm.StringPtr(strconv.FormatInt(compactionLag.Milliseconds(), 10)),
	}
	replicas := int16(c.Replicas)
	if replicas == 0 {
		replicas = -1
	}
	if replicas >= 3 {
		// An acknowledged write then survives the loss of a broker.
		configs["min.insync.replicas"] = kadm.StringPtr("2")
	}
	// One partition: its order is what conditional records rely on.
	_, err := admin.CreateTopic(ctx, 1, replicas, configs, c.Topic)
	if err != nil && !errors.Is(err, kerr.TopicAlreadyExists) {
		return fmt.Errorf("the topic %s cannot be made: %w", c.Topic, err)
	}
	return verifyTopic(ctx, admin, c.Topic)
}

func verifyTopic(ctx context.Context, admin *kadm.Client, topic string) error {
	topics, err := admin.ListTopics(ctx, topic)
	if err == nil {
		err = topics[topic].Err
	}
	if err != nil {
		return err
	}
	if n := len(topics[topic].Partitions); n != 1 {
		return fmt.Errorf("the topic %s has %d partitions; this plugin needs one with 1, for one order of all writes", topic, n)
	}
	described, err := admin.DescribeTopicConfigs(ctx, topic)
	if err != nil {
		return err
	}
	resource, err := described.On(topic, nil)
	if err == nil {
		err = resource.Err
	}
	if err != nil {
		return err
	}
	for _, config := range resource.Configs {
		value := config.MaybeValue()
		switch config.Key {
		case cleanupPolicy:
			if value != "compact" {
				return fmt.Errorf("the topic %s has cleanup.policy=%s, which loses keys; set it to compact", topic, value)
			}
		case maxMessageBytes:
			if n, err := strconv.Atoi(value); err == nil && n < maxRecordBytes {
				return fmt.Errorf("the topic %s has max.message.bytes=%d; set it to %d", topic, n, maxRecordBytes)
			}
		}
	}
	return nil
}
