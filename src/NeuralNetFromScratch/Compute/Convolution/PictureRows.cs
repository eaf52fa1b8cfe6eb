namespace NeuralNetFromScratch.Compute;

/// <summary>Rows of images that windows read. They are read in place, or copied with zeros around them, so that windows need no bounds checks.</summary>
/// <param name="values">[samples, height, width, channels].</param>
/// <param name="height">The number of rows of an image.</param>
/// <param name="width">The number of columns of an image.</param>
/// <param name="channels">The number of channels.</param>
/// <param name="before">The number of columns of zeros before the first column.</param>
/// <param name="paddedWidth">The number of columns of a row with zeros at both ends. It is less than that of a row if the last columns are not needed.</param>
/// <param name="copies">Whether rows are copied.</param>
internal readonly unsafe struct PictureRows(float* values, int height, int width, int channels, int before, int paddedWidth, bool copies)
{
    /// <summary>The number of floats from one row to the next.</summary>
    public nint RowLength => (nint)(copies ? paddedWidth : width) * channels;

    /// <summary>Returns the number of floats of the copies of some rows; 0 if rows are not copied.</summary>
    public int CopyLength(int rows) => copies ? checked(rows * paddedWidth * channels) : 0;

    /// <summary>Returns the first float of some rows of a sample, which may be above or below the image.</summary>
    /// <param name="sample">The index of the sample.</param>
    /// <param name="first">The first row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="free">Memory for the copies; it is advanced by their length.</param>
    public float* Locate(int sample, int first, int rows, ref float* free)
    {
        float* picture = values + (nint)sample * height * width * channels;
        if (!copies)
            return picture + first * RowLength;
        float* start = free;
        int columns = Math.Min(width, paddedWidth - before);
        for (int row = first; row < first + rows; row++, free += RowLength)
        {
            var copy = new Span<float>(free, (int)RowLength);
            if (row < 0 || row >= height)
            {
                copy.Clear();
                continue;
            }

            copy[..(before * channels)].Clear();
            new Span<float>(picture + (nint)row * width * channels, columns * channels).CopyTo(copy[(before * channels)..]);
            copy[((before + columns) * channels)..].Clear();
        }

        return start;
    }
}
