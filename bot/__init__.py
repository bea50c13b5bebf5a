"""The worker: settings, composition, turn, outbox, jobs, reading, auditing, trading, commands and texts."""
