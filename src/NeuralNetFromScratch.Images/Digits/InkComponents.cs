namespace NeuralNetFromScratch.Images;

/// <summary>A connected component of a mask; diagonal neighbors are connected.</summary>
/// <param name="Label">The label, from 1.</param>
/// <param name="Area">The number of pixels.</param>
/// <param name="Bounds">The bounding box.</param>
/// <param name="EdgePixels">How many of its pixels lie on the image's edge.</param>
internal readonly record struct InkComponent(int Label, int Area, PixelRegion Bounds, int EdgePixels);

/// <summary>The components of a mask.</summary>
internal sealed class InkComponents
{
    private InkComponents(int[] labels, InkComponent[] all) => (Labels, All) = (labels, all);

    /// <summary>The label of each pixel; 0 for no component.</summary>
    public int[] Labels { get; }

    /// <summary>The components in the order of their first pixels.</summary>
    public InkComponent[] All { get; }

    public static InkComponents Of(bool[] mask, int width, int height)
    {
        var labels = new int[mask.Length];
        var found = new List<InkComponent>();
        var stack = new Stack<int>();
        for (int start = 0; start < mask.Length; start++)
        {
            if (!mask[start] || labels[start] != 0)
                continue;
            int label = found.Count + 1, area = 0, edge = 0, left = width, right = 0, top = height, bottom = 0;
            labels[start] = label;
            stack.Push(start);
            while (stack.TryPop(out int pixel))
            {
                (int y, int x) = Math.DivRem(pixel, width);
                area++;
                edge += x == 0 || y == 0 || x == width - 1 || y == height - 1 ? 1 : 0;
                (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
                for (int nearY = Math.Max(y - 1, 0); nearY <= Math.Min(y + 1, height - 1); nearY++)
                {
                    for (int nearX = Math.Max(x - 1, 0); nearX <= Math.Min(x + 1, width - 1); nearX++)
                    {
                        int near = nearY * width + nearX;
                        if (!mask[near] || labels[near] != 0)
                            continue;
                        labels[near] = label;
                        stack.Push(near);
                    }
                }
            }

            found.Add(new(label, area, new(left, top, right - left + 1, bottom - top + 1), edge));
        }

        return new(labels, [.. found]);
    }
}
