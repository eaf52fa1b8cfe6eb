using System.Security.Cryptography;

namespace NeuralNetFromScratch.Images;

/// <summary>A file that could not be decoded.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">The message of the error.</param>
public readonly record struct BrokenImage(string Path, string Reason);

/// <summary>Options for loading an <see cref="ImageFolder"/>.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>Whether damaged images are skipped and listed in <see cref="ImageFolder.Broken"/>. Default: false, which throws.</summary>
    public bool SkipsBroken { get; init; }

    /// <summary>
    /// The maximum number of bytes of prepared pixels in memory. Further images are decoded each time they are needed. Not negative. Default: 1,073,741,824.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long MemoryLimit
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MemoryLimit), value, "MemoryLimit must not be negative");
    } = 1L << 30;

    /// <summary>The maximum number of pixels of an image, width times height. Positive. Default: 67,108,864.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long MaxPixels
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxPixels), value, "MaxPixels must be positive");
    } = new ImageLoadOptions().MaxPixels;
}

/// <summary>Images in folders, one folder for each class, as a data set. Pixels are bytes, read as 0 to 1.</summary>
public sealed class ImageFolder
{
    private ImageFolder(string[] classNames, ImageDataset samples, string[] files, BrokenImage[] broken, ImagePreparation preparation) =>
        (ClassNames, Samples, Files, Broken, Preparation) = (classNames, samples, files, broken, preparation);

    /// <summary>The names of the folders in ordinal order: class i is <c>ClassNames[i]</c>.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The images, [height, width, channels], class by class, and within a class in the order of their paths.</summary>
    public Dataset Samples { get; }

    /// <summary>The file of each sample.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The skipped files with reasons; empty unless <see cref="ImageFolderOptions.SkipsBroken"/> is set.</summary>
    public IReadOnlyList<BrokenImage> Broken { get; }

    /// <summary>The conversion of images to samples.</summary>
    public ImagePreparation Preparation { get; }

    /// <summary>Loads a folder with one folder for each class. Images are scaled to one size and padded with black.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="height">The height of a sample; positive.</param>
    /// <param name="width">The width of a sample; positive.</param>
    /// <param name="channels">The number of channels: 3 for color, 1 for grayscale.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// There are fewer than two classes, a class has no images, or an image is damaged and damaged images are not skipped. The message names the file or folder.
    /// </exception>
    public static ImageFolder Load(string path, int height, int width, int channels = 3, ImageFolderOptions? options = null) =>
        Load(path, new ImagePreparation(height, width, channels), options);

    /// <summary>Loads a folder with one folder for each class. Images are decoded on all cores.</summary>
    /// <param name="path">The folder. Files ending in .png, .jpg, .jpeg, .bmp, .gif or .webp are read, also in subfolders of the classes' folders.</param>
    /// <param name="preparation">The conversion of images to samples.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// There are fewer than two classes, a class has no images, or an image is damaged and damaged images are not skipped. The message names the file or folder.
    /// </exception>
    public static ImageFolder Load(string path, ImagePreparation preparation, ImageFolderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(preparation);
        options ??= new();
        string[] folders = [.. Directory.GetDirectories(path).Where(folder => !Path.GetFileName(folder).StartsWith('.')).OrderBy(folder => Path.GetFileName(folder), StringComparer.Ordinal)];
        if (folders.Length < 2)
            throw new InvalidDataException($"{MessageText.Escape(path)}: expected a subfolder for each of at least two classes, got {folders.Length} subfolders");
        (string File, int Label)[] found = [.. folders.SelectMany((folder, label) => ImageFiles(folder).Select(file => (file, label)))];
        var kept = new byte[found.Length][];
        var digests = new byte[found.Length][];
        var reasons = new string?[found.Length];
        long keepable = options.MemoryLimit / preparation.Shape.ElementCount;
        // Decoding waits for files and native code. Each result depends on one file alone, not on the division of the work.
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
            throw new InvalidDataException($"{broken[0].Reason}{(broken.Length > 1 ? $", and {broken.Length - 1} more files" : "")}; set {nameof(ImageFolderOptions)}.{nameof(ImageFolderOptions.SkipsBroken)} to skip damaged files");
        for (int label = 0; label < folders.Length; label++)
        {
            if (!whole.Any(i => found[i].Label == label))
                throw new InvalidDataException($"{MessageText.Escape(folders[label])}: the class has no readable images; expected PNG, JPEG, BMP, GIF or WebP files");
        }

        string[] files = [.. whole.Select(i => found[i].File)];
        var samples = new ImageDataset(
            preparation, files, [.. whole.Select(i => found[i].Label)], folders.Length, [.. whole.Select(i => kept[i])], [.. whole.Select(i => digests[i])], options.MaxPixels);
        return new([.. folders.Select(folder => Path.GetFileName(folder))], samples, files, broken, preparation);
    }

    /// <summary>Returns the number and shape of the samples and the names of the classes.</summary>
    public override string ToString() => $"{Samples.Count} images {Samples.SampleShape}: {MessageText.List(ClassNames)}";

    private static IEnumerable<string> ImageFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg" or ".bmp" or ".gif" or ".webp")
            .Order(StringComparer.Ordinal);
}
