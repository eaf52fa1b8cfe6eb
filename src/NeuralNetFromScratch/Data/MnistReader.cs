namespace NeuralNetFromScratch;

/// <summary>Reads collections in MNIST's form: images and labels in IDX files, for training and test.</summary>
internal static class MnistReader
{
    /// <param name="directory">The folder.</param>
    /// <param name="names">The names of the files: training images, training labels, test images, test labels.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <param name="firstLabel">The label of the first class in the files.</param>
    /// <param name="isTransposed">Whether the files store the images column by column.</param>
    public static MnistData Load(string directory, IReadOnlyList<string> names, int classCount, int firstLabel = 0, bool isTransposed = false)
    {
        Dataset training = LoadPair(names[0], names[1]), test = LoadPair(names[2], names[3]);
        return training.SampleShape == test.SampleShape
            ? new MnistData(training, test)
            : throw new InvalidDataException($"training images are {training.SampleShape}, test images {test.SampleShape}");

        Dataset LoadPair(string imagesName, string labelsName)
        {
            string imagesPath = DataFileSearch.FindOrThrow(directory, imagesName), labelsPath = DataFileSearch.FindOrThrow(directory, labelsName);
            byte[] labels = ReadLabels(labelsPath, labelsName, firstLabel, classCount);
            IdxData images = IdxFile.Read(imagesPath);
            if (images.Shape.Rank != 3 || images.Shape[1] == 0 || images.Shape[2] == 0)
                throw new InvalidDataException($"{imagesName}: expected images [count, rows, columns], got {images.Shape}");
            if (images.Shape[0] != labels.Length)
                throw new InvalidDataException($"{imagesName} has {images.Shape[0]} images, but {labelsName} {labels.Length} labels");
            (int rows, int columns) = (images.Shape[1], images.Shape[2]);
            if (!isTransposed)
                return Dataset.FromBytes(images.Values, [rows, columns], labels, classCount);
            return Dataset.FromBytes(Transposed(images.Values, rows, columns), [columns, rows], labels, classCount);
        }
    }

    /// <summary>
    /// Reads one label for each sample, from a file of bytes [count], or of integers [count, values] whose first value is the label.
    /// </summary>
    private static byte[] ReadLabels(string path, string name, int firstLabel, int classCount)
    {
        bool isWide = name.EndsWith("-int", StringComparison.Ordinal);
        IdxData file = IdxFile.Read(path, isWide ? IdxFile.Int32 : IdxFile.UnsignedByte);
        if (isWide ? file.Shape.Rank != 2 || file.Shape[1] == 0 : file.Shape.Rank != 1)
            throw new InvalidDataException($"{name}: expected labels {(isWide ? "[count, figures]" : "[count]")}, got {file.Shape}");
        var labels = new byte[file.Shape[0]];
        int stride = isWide ? sizeof(int) * file.Shape[1] : 1;
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<byte> value = file.Values.AsSpan(i * stride);
            int label = isWide ? System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(value) : value[0];
            if (label < firstLabel || label >= firstLabel + classCount)
                throw new InvalidDataException(FormattableString.Invariant($"{name}: the label of sample {i} must be {firstLabel} to {firstLabel + classCount - 1}, got {label}"));
            labels[i] = (byte)(label - firstLabel);
        }

        return labels;
    }

    private static byte[] Transposed(byte[] pictures, int rows, int columns)
    {
        var turned = new byte[pictures.Length];
        for (int start = 0; start < pictures.Length; start += rows * columns)
        {
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                    turned[start + column * rows + row] = pictures[start + row * columns + column];
            }
        }

        return turned;
    }
}
