namespace NeuralNetFromScratch.Images;

/// <summary>
/// MNIST's form (LeCun et al. 1998): the longer side 20 pixels, gray from the reduction, the center of mass in the middle of 28 × 28. Strokes thinner
/// or thicker than those of MNIST are thickened or thinned, by moving their outlines.
/// </summary>
internal static class DigitForm
{
    public const int Side = 28, Box = 20;

    /// <summary>The minimum side of a digit before it is drawn, so that its outline is smooth.</summary>
    private const int DrawnSide = 200;

    /// <summary>Strokes of MNIST's digits, in pixels of theirs: those within the range stay as they are.</summary>
    public const float ThinnestStroke = 2.2f, ThickestStroke = 3.4f;

    /// <summary>The center of mass in MNIST, from the left and upper edge: the middle of pixel 14.</summary>
    private const float Centre = 14.5f;

    /// <param name="height">The height of each pixel above the background.</param>
    /// <param name="mask">The pixels of the digit.</param>
    /// <param name="threshold">The height from which a pixel is ink.</param>
    /// <param name="bounds">The bounding box of the digit.</param>
    /// <param name="normalizesStrokes">Whether the width of strokes is changed.</param>
    /// <returns>[28, 28], 0 to 255.</returns>
    public static byte[] Draw(Plane height, bool[] mask, float threshold, PixelRegion bounds, bool normalizesStrokes)
    {
        (bool[] drawn, int width, int rows) = Cut(height, mask, threshold, bounds);
        Plane outline = DistanceField.Signed(drawn, width, rows);
        double sum = 0;
        int area = 0, left = width, right = 0, top = rows, bottom = 0;
        for (int i = 0; i < drawn.Length; i++)
        {
            if (!drawn[i])
                continue;
            sum += outline.Values[i];
            area++;
            (left, right, top, bottom) = (Math.Min(left, i % width), Math.Max(right, i % width + 1), Math.Min(top, i / width), Math.Max(bottom, i / width + 1));
        }

        if (area == 0)
            return new byte[Side * Side];
        // A stroke of width w has the mean distance w/4 from its edges.
        float stroke = (float)(4 * sum / area), longSide = Math.Max(right - left, bottom - top);
        float wanted = Math.Clamp(stroke * Box / longSide, ThinnestStroke, ThickestStroke);
        // Moving the outline by m makes the stroke 2m wider and the digit 2m longer: (w + 2m)/(l + 2m) = wanted/20.
        float move = normalizesStrokes ? (wanted * longSide - Box * stroke) / (2 * (Box - wanted)) : 0;
        for (int i = 0; i < outline.Values.Length; i++)
            outline.Values[i] = Math.Clamp(outline.Values[i] + move + 0.5f, 0, 1);
        return Reduced(outline, (longSide + 2 * move) / Box);
    }

    /// <summary>Returns the digit with a margin, enlarged if it is small.</summary>
    private static (bool[] Drawn, int Width, int Height) Cut(Plane height, bool[] mask, float threshold, PixelRegion bounds)
    {
        int factor = Math.Max(1, (DrawnSide + bounds.LongSide - 1) / bounds.LongSide), margin = bounds.LongSide / 5 + 2;
        PixelRegion cut = bounds.Grown(margin);
        int width = cut.Width * factor, rows = cut.Height * factor;
        var drawn = new bool[width * rows];
        for (int y = 0; y < rows; y++)
        {
            float sourceY = (y + 0.5f) / factor - 0.5f + cut.Y;
            for (int x = 0; x < width; x++)
                drawn[y * width + x] = At((x + 0.5f) / factor - 0.5f + cut.X, sourceY) >= threshold;
        }

        return (drawn, width, rows);

        float At(float x, float y)
        {
            int left = (int)MathF.Floor(x), above = (int)MathF.Floor(y);
            float beside = x - left, below = y - above;
            return (Value(left, above) * (1 - beside) + Value(left + 1, above) * beside) * (1 - below)
                + (Value(left, above + 1) * (1 - beside) + Value(left + 1, above + 1) * beside) * below;
        }

        // Heights below the ink threshold count beside the digit's pixels, so that the outline is between pixels.
        float Value(int x, int y)
        {
            if ((uint)x >= (uint)height.Width || (uint)y >= (uint)height.Height)
                return 0;
            int i = y * height.Width + x;
            return mask[i] ? height.Values[i] : Math.Min(height.Values[i], 0.99f * threshold);
        }
    }

    /// <summary>Reduces by means over squares, aligned so that the center of mass is in the middle.</summary>
    private static byte[] Reduced(Plane coverage, float scale)
    {
        double mass = 0, x = 0, y = 0;
        for (int row = 0; row < coverage.Height; row++)
        {
            for (int column = 0; column < coverage.Width; column++)
            {
                float value = coverage.Values[row * coverage.Width + column];
                mass += value;
                x += (column + 0.5) * value;
                y += (row + 0.5) * value;
            }
        }

        if (!(mass > 0))
            return new byte[Side * Side];
        float left = (float)(x / mass) - Centre * scale, top = (float)(y / mass) - Centre * scale;
        var result = new byte[Side * Side];
        for (int row = 0; row < Side; row++)
        {
            for (int column = 0; column < Side; column++)
                result[row * Side + column] = (byte)(255 * Mean(coverage, left + column * scale, top + row * scale, scale) + 0.5f);
        }

        return result;
    }

    private static float Mean(Plane plane, float left, float top, float side)
    {
        float sum = 0;
        for (int y = Math.Max(0, (int)MathF.Floor(top)); y < Math.Min(plane.Height, top + side); y++)
        {
            float heightHere = Math.Min(y + 1, top + side) - Math.Max(y, top);
            for (int x = Math.Max(0, (int)MathF.Floor(left)); x < Math.Min(plane.Width, left + side); x++)
                sum += plane.Values[y * plane.Width + x] * heightHere * (Math.Min(x + 1, left + side) - Math.Max(x, left));
        }

        return Math.Clamp(sum / (side * side), 0, 1);
    }
}
