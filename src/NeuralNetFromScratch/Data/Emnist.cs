namespace NeuralNetFromScratch;

/// <summary>The parts of EMNIST, each with its own selection of samples and classes.</summary>
public enum EmnistSplit
{
    /// <summary>62 classes: digits, uppercase and lowercase letters.</summary>
    ByClass,

    /// <summary>
    /// 47 classes: those of <see cref="ByClass"/>, but lowercase letters that look like their uppercase forms are merged with them.
    /// </summary>
    ByMerge,

    /// <summary>The 47 classes of <see cref="ByMerge"/> with equal numbers of samples.</summary>
    Balanced,

    /// <summary>26 classes: letters, uppercase and lowercase together.</summary>
    Letters,

    /// <summary>10 classes: digits.</summary>
    Digits,

    /// <summary>10 classes: digits, with the same numbers of samples as MNIST.</summary>
    Mnist,
}

/// <summary>
/// The EMNIST collection of handwritten letters and digits (G. Cohen, S. Afshar, J. Tapson and A. van Schaik, 2017), in IDX files. The files
/// store the images column by column; they are transposed when they are read.
/// </summary>
public static class Emnist
{
    private const string Digits = "0123456789", Capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Small = "abcdefghijklmnopqrstuvwxyz";

    /// <summary>The lowercase letters that do not look like their uppercase forms.</summary>
    private const string SmallOfTheirOwn = "abdefghnqrt";

    /// <summary>
    /// Loads the files of one part, for example <c>emnist-letters-train-images-idx3-ubyte.gz</c>, from a folder or the folders below it. The
    /// files may also be uncompressed, and have <c>.idx</c> instead of <c>-idx</c>.
    /// </summary>
    /// <param name="directory">The path of the folder.</param>
    /// <param name="split">The part to load.</param>
    /// <returns>
    /// The samples with features from 0 to 1, and the classes' names, which are the characters. Labels count from 0, including those of
    /// <see cref="EmnistSplit.Letters"/>, which count from 1 in the files.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="split"/> is not defined in the enumeration.</exception>
    /// <exception cref="FileNotFoundException">A file is missing. The message names the file with the most similar name.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the files do not match.</exception>
    public static MnistData Load(string directory, EmnistSplit split)
    {
        ArgumentNullException.ThrowIfNull(directory);
        (string part, string classes) = split switch
        {
            EmnistSplit.ByClass => ("byclass", Digits + Capitals + Small),
            EmnistSplit.ByMerge => ("bymerge", Digits + Capitals + SmallOfTheirOwn),
            EmnistSplit.Balanced => ("balanced", Digits + Capitals + SmallOfTheirOwn),
            EmnistSplit.Letters => ("letters", Capitals),
            EmnistSplit.Digits => ("digits", Digits),
            EmnistSplit.Mnist => ("mnist", Digits),
            _ => throw new ArgumentOutOfRangeException(nameof(split), split, "the part is not defined in EmnistSplit"),
        };
        string[] names =
        [
            $"emnist-{part}-train-images-idx3-ubyte", $"emnist-{part}-train-labels-idx1-ubyte",
            $"emnist-{part}-test-images-idx3-ubyte", $"emnist-{part}-test-labels-idx1-ubyte",
        ];
        MnistData data = MnistReader.Load(directory, names, classes.Length, firstLabel: split == EmnistSplit.Letters ? 1 : 0, isTransposed: true);
        return new MnistData(data.Training, data.Test) { ClassNames = [.. classes.Select(letter => letter.ToString())] };
    }
}

/// <summary>
/// The QMNIST collection (C. Yadav and L. Bottou, 2019): MNIST's digits with 60,000 test samples. Its labels have eight integers for each sample,
/// the first of which is the digit.
/// </summary>
public static class Qmnist
{
    private static readonly string[] Names =
        ["qmnist-train-images-idx3-ubyte", "qmnist-train-labels-idx2-int", "qmnist-test-images-idx3-ubyte", "qmnist-test-labels-idx2-int"];

    /// <summary>
    /// Loads the four files, for example <c>qmnist-train-labels-idx2-int.gz</c>, from a folder or the folders below it. The files may also be
    /// uncompressed, and have <c>.idx</c> instead of <c>-idx</c>.
    /// </summary>
    /// <param name="directory">The path of the folder.</param>
    /// <returns>The samples with features from 0 to 1.</returns>
    /// <exception cref="FileNotFoundException">A file is missing. The message names the file with the most similar name.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the files do not match.</exception>
    public static MnistData Load(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return MnistReader.Load(directory, Names, classCount: 10);
    }
}
