using System.Security.Cryptography;

namespace NeuralNetFromScratch.Images;

/// <summary>A file that could not be decoded.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">What is wrong with it.</param>
public readonly record struct BrokenImage(string Path, string Reason);

/// <summary>How an <see cref="ImageFolder"/> is read.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>Whether a picture that is damaged is left out and listed in <see cref="ImageFolder.Broken"/>, instead of ending the loading. Default: false.</summary>
    public bool SkipsBroken { get; init; }

    /// <summary>
    /// How many bytes of prepared pixels are kept in memory; further pictures are decoded anew each time they are needed. Not negative. Default:
    /// 1,073,741,824.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long MemoryLimit
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MemoryLimit), value, "MemoryLimit must not be negative");
    } = 1L << 30;

    /// <summary>The largest number of pixels of a picture that is decoded. Positive. Default: 67,108,864.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long MaxPixels
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxPixels), value, "MaxPixels must be positive");
    } = new ImageLoadOptions().MaxPixels;
}

/// <summary>Pictures in folders, one folder for each class: a data set of bytes, read as 0 to 1.</summary>
public sealed class ImageFolder
{
    private ImageFolder(string[] classNames, ImageDataset samples, string[] files, BrokenImage[] broken, ImagePreparation preparation) =>
        (ClassNames, Samples, Files, Broken, Preparation) = (classNames, samples, files, broken, preparation);

    /// <summary>The names of the folders, sorted by their characters' numbers: class i is <c>ClassNames[i]</c>.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The pictures, [height, width, channels], class by class, within a class by the files' paths.</summary>
    public Dataset Samples { get; }

    /// <summary>The file of each sample.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The files that were left out, and why; empty unless <see cref="ImageFolderOptions.SkipsBroken"/> is set.</summary>
    public IReadOnlyList<BrokenImage> Broken { get; }

    /// <summary>How a picture becomes a sample.</summary>
    public ImagePreparation Preparation { get; }

    /// <summary>Reads a folder whose folders are the classes. Pictures are scaled to one size, padded with black.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="height">Rows of a sample; positive.</param>
    /// <param name="width">Columns of a sample; positive.</param>
    /// <param name="channels">3 for colour, 1 for grey.</param>
    /// <param name="options">Limits, and what becomes of damaged files; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">
    /// There are fewer than two classes, a class has no picture, or a picture is damaged and damaged ones are not skipped; the message names it.
    /// </exception>
    public static ImageFolder Load(string path, int height, int width, int channels = 3, ImageFolderOptions? options = null) =>
        Load(path, new ImagePreparation(height, width, channels), options);

    /// <summary>Reads a folder whose folders are the classes. Pictures are decoded on all cores, once unless memory is short.</summary>
    /// <param name="path">The folder. Files ending in png, jpg, jpeg, bmp, gif or webp are read, in folders of the classes' folders too.</param>
    /// <param name="preparation">How a picture becomes a sample.</param>
    /// <param name="options">Limits, and what becomes of damaged files; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">
    /// There are fewer than two classes, a class has no picture, or a picture is damaged and damaged ones are not skipped; the message names it.
    /// </exception>
    public static ImageFolder Load(string path, ImagePreparation preparation, ImageFolderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(preparation);
        options ??= new();
        string[] folders = [.. Directory.GetDirectories(path).Where(folder => !Path.GetFileName(folder).StartsWith('.')).OrderBy(folder => Path.GetFileName(folder), StringComparer.Ordinal)];
        if (folders.Length < 2)
            throw new InvalidDataException($"{path}: expected a folder for each of at least two classes, got {folders.Length}");
        (string File, int Label)[] found = [.. folders.SelectMany((folder, label) => Pictures(folder).Select(file => (file, label)))];
        var kept = new byte[found.Length][];
        var digests = new byte[found.Length][];
        var reasons = new string?[found.Length];
        long keepable = options.MemoryLimit / preparation.Shape.ElementCount;
        // Decoding waits for files and native code; each result is its own, so that none depends on how the files are divided.
#pragma warning disable RS0030
        Parallel.For(0, found.Length, i =>
#pragma warning restore RS0030
        {
            try
            {
                byte[] pixels = ImageDataset.Decode(found[i].File, preparation, options.MaxPixels);
                digests[i] = SHA256.HashData(pixels);
                kept[i] = i < keepable ? pixels : [];
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                reasons[i] = exception.Message;
            }
        });
        int[] whole = [.. Enumerable.Range(0, found.Length).Where(i => reasons[i] is null)];
        BrokenImage[] broken = [.. Enumerable.Range(0, found.Length).Where(i => reasons[i] is not null).Select(i => new BrokenImage(found[i].File, reasons[i]!))];
        if (broken.Length > 0 && !options.SkipsBroken)
            throw new InvalidDataException($"{broken[0].Reason}{(broken.Length > 1 ? $"; and {broken.Length - 1} others" : "")}. {nameof(ImageFolderOptions.SkipsBroken)} leaves such files out");
        for (int label = 0; label < folders.Length; label++)
        {
            if (!whole.Any(i => found[i].Label == label))
                throw new InvalidDataException($"{folders[label]}: the class has no picture that can be read; expected PNG, JPEG, BMP, GIF or WebP files");
        }

        string[] files = [.. whole.Select(i => found[i].File)];
        var samples = new ImageDataset(
            preparation, files, [.. whole.Select(i => found[i].Label)], folders.Length, [.. whole.Select(i => kept[i])], [.. whole.Select(i => digests[i])], options.MaxPixels);
        return new([.. folders.Select(folder => Path.GetFileName(folder))], samples, files, broken, preparation);
    }

    /// <summary>How many samples there are of which classes.</summary>
    public override string ToString() => $"{Samples.Count} pictures {Samples.SampleShape}: {string.Join(", ", ClassNames)}";

    private static IEnumerable<string> Pictures(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg" or ".bmp" or ".gif" or ".webp")
            .Order(StringComparer.Ordinal);
}
