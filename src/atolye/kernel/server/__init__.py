"""The fork server, the supervisor of one job and the jail around it.

``__main__`` starts the server (``pool``); for every job it forks a supervisor (``supervisor``), which forks
the job (``child``) into a jail (``jail``, ``seccomp``) and watches it (``usage``). ``docs/architecture.md``
draws the processes.
"""
