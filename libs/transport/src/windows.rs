//! Flow control of HTTP/2: each stream has a window of its own, and none waits
//! for another one's.

/// Bytes of one message stream that wait here for their reader.
pub(crate) const STREAM_WINDOW: u32 = 128 * 1024;

/// Of a connection to a plugin: the most that HTTP/2 knows, so that only the
/// windows of streams limit. An answer that nobody reads would otherwise fill
/// the window of its connection and stop all others. h2 derives its limit of
/// small frames that wait to be read from it, too: with
/// `http2_adaptive_window`, which begins at 64 KiB, that limit was some 128
/// frames, and beyond it h2 closes the connection (`too_many_data_frames`).
pub(crate) const PLUGIN_CONNECTION_WINDOW: u32 = (1 << 31) - 1;

/// Calls of one connection to a listener. More of them wait in the client.
pub(crate) const STREAMS: u32 = 256;

/// Of a connection to a listener: room for the windows of all its streams. Not
/// more, since h2's limit of small frames follows it and clients may be hostile.
pub(crate) const CONNECTION_WINDOW: u32 = STREAMS * STREAM_WINDOW;

/// Bytes of one answer that are written before its client reads.
pub(crate) const SEND_BUFFER: usize = 64 * 1024;
