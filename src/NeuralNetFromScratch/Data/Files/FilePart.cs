using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>A file of a data set of several files, with the range of its samples in the data set.</summary>
/// <param name="File">The file.</param>
/// <param name="First">The index of its first sample.</param>
/// <param name="Count">The number of samples.</param>
internal sealed record FilePart(DataFile File, int First, int Count);

/// <summary>The files of a data set, in order. It owns the files that it has opened, including a file whose samples were not added because an error was found.</summary>
internal sealed class FileParts : IDisposable
{
    private readonly List<FilePart> _parts = [];
    private readonly List<int> _starts = [];
    private readonly List<DataFile> _opened = [];

    /// <summary>The number of samples of all files.</summary>
    public int Count { get; private set; }

    /// <summary>The texts that identify the files.</summary>
    public IEnumerable<string> Fingerprints => _parts.Select(part => part.File.Fingerprint);

    /// <summary>Opens a file. Its samples are added when their number is known.</summary>
    public DataFile Open(string path)
    {
        var file = new DataFile(path);
        _opened.Add(file);
        return file;
    }

    /// <summary>Adds the samples of an opened file.</summary>
    /// <exception cref="InvalidDataException">There are more samples than a data set can have.</exception>
    public void Add(DataFile file, long count)
    {
        if (count > int.MaxValue - Count)
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"{file.Name}: a data set has at most {int.MaxValue} samples; the files up to this one have {Count + count}"));
        _parts.Add(new(file, Count, (int)count));
        _starts.Add(Count);
        Count += (int)count;
    }

    /// <summary>Returns the file of a sample.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public FilePart Of(int index)
    {
        if ((uint)index >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(index), index, string.Create(CultureInfo.InvariantCulture, $"there are {Count} samples"));
        int place = _starts.BinarySearch(index);
        // A file without samples has the same first index as the next file; the search may find any of them.
        int part = place >= 0 ? place : ~place - 1;
        while (index >= _parts[part].First + _parts[part].Count)
            part++;
        return _parts[part];
    }

    /// <summary>Returns the files that contain a range of samples.</summary>
    public IEnumerable<FilePart> Within(int start, int count) => _parts.Where(part => part.First < start + count && part.First + part.Count > start);

    public void Dispose()
    {
        foreach (DataFile file in _opened)
            file.Dispose();
    }
}
