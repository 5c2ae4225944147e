"""The formats that are read, one file each; `finetune.transcripts.recognition` tells them apart by content."""
