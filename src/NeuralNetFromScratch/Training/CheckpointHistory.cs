using System.Security.Cryptography;
using System.Text;

namespace NeuralNetFromScratch;

/// <summary>The part of a history file that belongs to a checkpoint.</summary>
/// <param name="File">The name of the file in the checkpoint's folder.</param>
/// <param name="Start">The index of the first byte.</param>
/// <param name="Length">The number of bytes.</param>
/// <param name="Digest">The SHA-256 of these bytes.</param>
internal sealed record HistoryPlace(string File, long Start, int Length, string Digest);

/// <summary>
/// Stores the finished epochs of a training, one line each, in a file beside its checkpoints. A line is appended once, so that the cost of a
/// checkpoint does not grow with the number of epochs. A checkpoint records which bytes of the file belong to it; bytes after them, of later
/// epochs, are ignored. The file is locked while the training runs.
/// </summary>
internal sealed class CheckpointHistory : IDisposable
{
    private const string Ending = ".history";

    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly string _path;
    private readonly long _start;
    private int _written;

    /// <param name="checkpoint">The path of the checkpoint.</param>
    /// <param name="resumed">The checkpoint from which the training continues, and its history; null for a new training.</param>
    /// <exception cref="IOException">Another training writes to the file.</exception>
    public CheckpointHistory(string checkpoint, (string Checkpoint, HistoryPlace Place, int Epochs)? resumed)
    {
        string full = Path.GetFullPath(checkpoint);
        _path = full + Ending;
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        _stream = Open(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        if (resumed is { } from && PathOf(from.Checkpoint, from.Place) == _path)
        {
            // Lines after this position belong to epochs that will be repeated.
            _start = from.Place.Start;
            _hash.AppendData(ReadRange(_stream, from.Place));
            _stream.SetLength(_start + from.Place.Length);
            _written = from.Epochs;
        }
        else
        {
            // An existing checkpoint keeps its history until it is replaced.
            _start = File.Exists(full) ? _stream.Length : 0;
            _stream.SetLength(_start);
        }

        _stream.Position = _stream.Length;
    }

    /// <summary>Reads the lines of a checkpoint.</summary>
    /// <exception cref="InvalidDataException">The file is missing or damaged, or belongs to another training.</exception>
    public static string Read(string checkpoint, HistoryPlace place)
    {
        string path = PathOf(checkpoint, place);
        if (!File.Exists(path))
            throw new InvalidDataException($"the checkpoint's history file {MessageText.Of(place.File)} is missing in its folder");
        using FileStream stream = Open(path, FileMode.Open, FileAccess.Read);
        return Encoding.UTF8.GetString(ReadRange(stream, place));
    }

    /// <summary>Appends the epochs that the file does not have yet, and flushes them to disk.</summary>
    /// <param name="epochs">All finished epochs.</param>
    /// <param name="line">Converts an epoch to a line.</param>
    /// <returns>The location of all lines.</returns>
    public HistoryPlace Append(IReadOnlyList<EpochRecord> epochs, Func<EpochRecord, string> line)
    {
        if (_written < epochs.Count)
        {
            for (; _written < epochs.Count; _written++)
            {
                byte[] bytes = Encoding.UTF8.GetBytes(line(epochs[_written]) + '\n');
                _stream.Write(bytes);
                _hash.AppendData(bytes);
            }

            NativeFile.Flush(_stream, _path);
        }

        return new(Path.GetFileName(_path), _start, checked((int)(_stream.Position - _start)), Convert.ToHexStringLower(_hash.GetCurrentHash()));
    }

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }

    private static string PathOf(string checkpoint, HistoryPlace place) =>
        Path.GetFileName(place.File) == place.File && place.File.EndsWith(Ending, StringComparison.Ordinal)
            ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(checkpoint))!, place.File)
            : throw new InvalidDataException($"the history file {MessageText.Quote(place.File)} is not a file name that ends in {Ending}");

    private static FileStream Open(string path, FileMode mode, FileAccess access)
    {
        try
        {
            return new FileStream(path, mode, access, FileShare.None);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new IOException($"{path}: another training writes its checkpoints here; use another path", exception);
        }
    }

    private static byte[] ReadRange(FileStream stream, HistoryPlace place)
    {
        if (place.Start > stream.Length || place.Length > stream.Length - place.Start)
            throw new InvalidDataException(FormattableString.Invariant(
                $"the history {MessageText.Of(place.File)} has {stream.Length} bytes, but the checkpoint's epochs end at {place.Start + place.Length}"));
        byte[] bytes = new byte[place.Length];
        stream.Position = place.Start;
        stream.ReadExactly(bytes);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == place.Digest
            ? bytes
            : throw new InvalidDataException($"the history {MessageText.Of(place.File)} is damaged or belongs to another training");
    }
}
