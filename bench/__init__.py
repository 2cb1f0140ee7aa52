"""What is measured against what; ``make bench`` runs it all and writes ``bench/results/latest.json``."""
