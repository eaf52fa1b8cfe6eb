namespace NeuralNetFromScratch;

/// <summary>The parts of EMNIST, each with its own choice of samples and classes.</summary>
public enum EmnistSplit
{
    /// <summary>62 classes: digits, capital and small letters.</summary>
    ByClass,

    /// <summary>47 classes: as <see cref="ByClass"/>, with small letters that look like their capitals counted as these.</summary>
    ByMerge,

    /// <summary>The 47 classes of <see cref="ByMerge"/> with equally many samples each.</summary>
    Balanced,

    /// <summary>26 classes: letters, capital and small ones together.</summary>
    Letters,

    /// <summary>10 classes: digits.</summary>
    Digits,

    /// <summary>10 classes: as many digits as MNIST has.</summary>
    Mnist,
}

/// <summary>
/// The EMNIST collection of handwritten letters and digits (G. Cohen, S. Afshar, J. Tapson, A. van Schaik, 2017), in IDX files whose pictures lie column by
/// column; they are turned as they are read.
/// </summary>
public static class Emnist
{
    private const string Digits = "0123456789", Capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Small = "abcdefghijklmnopqrstuvwxyz";

    /// <summary>Small letters that do not look like their capitals.</summary>
    private const string SmallOfTheirOwn = "abdefghnqrt";

    /// <summary>
    /// Loads the files of one part, such as <c>emnist-letters-train-images-idx3-ubyte.gz</c>, from a folder or those below it; they may also be raw, and
    /// have <c>.idx</c> in place of <c>-idx</c>.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <param name="split">The part.</param>
    /// <returns>
    /// The samples, whose pixels are read as 0 to 1, and the classes' names: the characters. Labels count from 0, also those of <see cref="EmnistSplit.Letters"/>,
    /// which count from 1 in the files.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such part.</exception>
    /// <exception cref="FileNotFoundException">A file is missing; the message names the file with the most similar name.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the files do not fit each other.</exception>
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
            _ => throw new ArgumentOutOfRangeException(nameof(split), split, "EMNIST has no such part"),
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
/// The QMNIST collection (C. Yadav, L. Bottou, 2019): MNIST's digits with 60,000 to test on. Its labels are eight integers a sample, of which the first is
/// the digit.
/// </summary>
public static class Qmnist
{
    private static readonly string[] Names =
        ["qmnist-train-images-idx3-ubyte", "qmnist-train-labels-idx2-int", "qmnist-test-images-idx3-ubyte", "qmnist-test-labels-idx2-int"];

    /// <summary>
    /// Loads the four files, such as <c>qmnist-train-labels-idx2-int.gz</c>, from a folder or those below it; they may also be raw, and have <c>.idx</c> in
    /// place of <c>-idx</c>.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <returns>The samples, whose pixels are read as 0 to 1.</returns>
    /// <exception cref="FileNotFoundException">A file is missing; the message names the file with the most similar name.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the files do not fit each other.</exception>
    public static MnistData Load(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return MnistReader.Load(directory, Names, classCount: 10);
    }
}
