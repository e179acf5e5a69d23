//! Reads pictures that people send and writes them anew in safe forms and sizes.
