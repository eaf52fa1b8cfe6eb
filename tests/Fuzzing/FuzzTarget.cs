namespace NeuralNetFromScratch.Fuzzing;

/// <summary>A reader and what it is tried with.</summary>
public abstract class FuzzTarget
{
    /// <summary>The format, as the command line calls it.</summary>
    public abstract string Name { get; }

    /// <summary>Valid files.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Files that were made to break a reader: it may refuse them, and mutations start from them too.</summary>
    public virtual IReadOnlyList<byte[]> Crafted => [];

    /// <summary>All that mutations start from.</summary>
    internal IReadOnlyList<byte[]> Starts => field ??= [.. Seeds, .. Crafted];

    /// <summary>Pieces of the format that mutations put in.</summary>
    public virtual IReadOnlyList<byte[]> Words => [];

    /// <summary>
    /// Bytes that the reader may allocate for a file, beside <see cref="BytesPerByte"/>: buffers of fixed size, and the messages that say what
    /// is wrong.
    /// </summary>
    public abstract long FixedBytes { get; }

    /// <summary>Bytes that the reader may allocate for each byte of a file.</summary>
    public abstract long BytesPerByte { get; }

    /// <summary>Reads a file to its end.</summary>
    /// <exception cref="InvalidDataException">The file is malformed.</exception>
    public abstract void Read(byte[] file);

    /// <summary>A mutation that knows the format: it may leave as it is what mutated bytes would only break at once, such as a checksum.</summary>
    public virtual byte[] Mutate(byte[] seed, Mutator mutator) => mutator.Mutate(seed, Words);
}
