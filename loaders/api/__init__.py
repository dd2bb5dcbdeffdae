"""The Racing API over HTTP: asked at its pace, patiently, and its answers in words and pages."""
