//! Hypotheses are met exactly at their boundary, and not above it.
