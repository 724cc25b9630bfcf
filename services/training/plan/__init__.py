"""What a deputy needs to learn (培训需求), by mandate: found, and met."""
