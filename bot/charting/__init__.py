"""Pictures of the journal: which one was asked for, the facts it shows, and the job that has it drawn and sent."""
