"""How much a server trains for its visitors. Whether it does at all, `app/public.py` says."""

MOST_WAITING = 8  # trainings in the queue
MOST_FOLDERS = 40  # trainings that are known, whatever became of them
LEAST_DISK = 300_000_000  # bytes that must be free before one begins: a run, its film and its checkpoint
STARTING = 30.0  # seconds in which a process says its first word
